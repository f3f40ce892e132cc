import type { Command } from 'commander';
import { parseDurationMs } from './arguments.js';

/** Options that every command takes. */
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
    .option('--server <url>', 'the server; else MUSTER_URL, else the one of the data directory')
    .option('--token-file <file>', 'file that holds the API token; else MUSTER_TOKEN, else the data directory')
    .option('--timeout <duration>', 'give up after this time, such as 90s or 5m, with exit code 124', parseDurationMs)
    .option('-q, --quiet', 'no messages, only data and errors')
    .option('--no-color', 'no colours (also: NO_COLOR)');
}
