import type { Command } from 'commander';
import { parseDurationMs } from './arguments.js';

/** Options of every command. */
export interface GlobalOptions {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly timeout?: number;
  readonly quiet?: true;
  /** False with `--no-color`. */
  readonly color?: boolean;
}

export function defineGlobalOptions(program: Command): void {
  program
    .option('--server <url>', 'URL of the server; default: MUSTER_URL, then the data directory')
    .option('--token-file <file>', 'file with the API token; default: MUSTER_TOKEN, then the data directory')
    .option('--timeout <duration>', 'stop after this time, such as 90s or 5m, with exit code 124', parseDurationMs)
    .option('-q, --quiet', 'print only data and errors, no messages')
    .option('--no-color', 'print without colours (also: NO_COLOR)');
}
