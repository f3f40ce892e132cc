import type { Clock } from '@muster/twin';

/** Where text goes. */
export interface Sink {
  /** Resolves when more may be written. */
  write(text: string): Promise<void>;
  /** A person looks at it, rather than a file or another program. */
  readonly isTerminal: boolean;
  /** Characters in a line; only of use when `isTerminal`. */
  readonly columns: number;
}

/** Where text comes from. */
export interface Source extends AsyncIterable<Uint8Array> {
  /** A person types it, and may be asked something. */
  readonly isTerminal: boolean;
}

/** Everything of the world that a command may touch besides files. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborts when somebody wants the program to end. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}
