import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DiskEvent } from './disk-event.js';
import { TRACED_CALLS, TraceParser } from './trace-parser.js';

/** Longer than any write: what strace cuts short cannot be rebuilt. */
const BYTES_SHOWN_MAX = 64 * 1024 * 1024;

/** Microseconds, as of a slow disk: who does not wait for it before acknowledging has the time to do so. */
const DELAYS = { fdatasync: 3_000, pwrite64: 300 };

/** Below the root; two levels that do not exist, as on the first start of a server. */
export const STORE_FOLDER = 'data/twins';

export interface RecordingOptions {
  /** A folder of its own, which is there. */
  readonly folder: string;
  readonly seed: number;
  readonly bursts: number;
  /** The kernel is not asked to sync what was committed, and the program is told that it was. */
  readonly skipsSyncs: boolean;
}

export interface Recording {
  readonly events: readonly DiskEvent[];
  /** What was recorded, as the program left it. */
  readonly root: string;
}

/** Runs the load under strace, which shows every call with all its bytes, and reads what was shown. */
export async function recordLoad({ folder, seed, bursts, skipsSyncs }: RecordingOptions): Promise<Recording> {
  const [root, marks, trace] = [join(folder, 'root'), join(folder, 'marks'), join(folder, 'trace')];
  mkdirSync(root);
  const program = fileURLToPath(new URL('./write-load.js', import.meta.url));
  const words = [program, join(root, STORE_FOLDER), marks, String(seed), String(bursts)];
  const calls = TRACED_CALLS.map((name) => `?${name}`).join();
  const shown = ['-f', '--seccomp-bpf', '-qq', '-v', '-xx', '-s', String(BYTES_SHOWN_MAX), '-e', 'signal=none'];
  const delayed = Object.entries(DELAYS).flatMap(([name, delay]) => {
    const isSkipped = skipsSyncs && name === 'fdatasync';
    return ['-e', `inject=${name}:delay_enter=${delay}${isSkipped ? ':retval=0' : ''}`];
  });
  const command = [...shown, '-e', `trace=${calls}`, ...delayed, '-o', trace, process.execPath, ...words];
  const child = spawn('strace', command, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  return { events: await readTrace(trace, { root, marks }), root };
}

async function readTrace(trace: string, paths: { root: string; marks: string }): Promise<DiskEvent[]> {
  const parser = new TraceParser(paths);
  const events: DiskEvent[] = [];
  for await (const line of createInterface(createReadStream(trace, 'latin1'))) events.push(...parser.read(line));
  return events;
}
