import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;
const USER_TICKS_FIELD = 11;

/** Returns the anonymous memory of a process in bytes: heap and buffers, without the mapped store (Linux). */
export function anonymousBytes(pid: number): number {
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1_024;
}

/** Returns the processor time of a process, user and system, in seconds (Linux). */
export function processorSeconds(pid: number): number {
  return ticksOf(pid, 2) / CLOCK_TICKS_PER_SECOND;
}

/** Like `processorSeconds` for this process, including descendants that have ended and were waited for. */
export function processorSecondsOfTree(): number {
  return ticksOf(process.pid, 4) / CLOCK_TICKS_PER_SECOND;
}

/** User and system time of the process, then of its children. */
function ticksOf(pid: number, fieldCount: 2 | 4): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = fields.slice(USER_TICKS_FIELD, USER_TICKS_FIELD + fieldCount);
  return ticks.reduce((sum, one) => sum + Number(one), 0);
}
