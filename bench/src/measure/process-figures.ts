import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;
const USER_TICKS_FIELD = 11;

/** Bytes of a process that no file stands behind: heap and buffers, without the pages of the mapped store (Linux). */
export function anonymousBytes(pid: number): number {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1_024;
}

/** Seconds of processor time that a process has used (Linux). */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[USER_TICKS_FIELD]) + Number(fields[USER_TICKS_FIELD + 1]);
  return ticks / CLOCK_TICKS_PER_SECOND;
}
