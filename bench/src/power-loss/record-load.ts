import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DiskEvent } from './disk-event.js';
import { TRACED_CALLS, TraceParser } from './trace-parser.js';

/** Longer than any write: a write that strace truncates cannot be rebuilt. */
const BYTES_SHOWN_MAX = 64 * 1024 * 1024;

/** Delay of a sync in µs, as on a slow disk. A store that acknowledges before the sync gets enough time to do so. */
const DELAYS = { fdatasync: 3_000, pwrite64: 300 };

/** Below the root. Neither level exists, as on the first start of a server. */
export const STORE_FOLDER = 'data/twins';

export interface RecordingOptions {
  /** An existing folder for this recording. */
  readonly folder: string;
  readonly seed: number;
  readonly bursts: number;
  /** Whether syncs are skipped: the kernel is not asked, but the program is told that they succeeded. */
  readonly skipsSyncs: boolean;
}

export interface Recording {
  readonly events: readonly DiskEvent[];
  /** The folder that was recorded, after the end of the program. */
  readonly root: string;
}

/** Runs the load under strace, which prints every call with all its bytes, and parses the output. */
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
