import type { Clock } from '@muster/twin';

/** A destination of text. */
export interface Sink {
  /** Resolves when more can be written. */
  write(text: string): Promise<void>;
  /** Whether it is a terminal, not a file or a pipe. */
  readonly isTerminal: boolean;
  /** Columns of a line; meaningful only if `isTerminal`. */
  readonly columns: number;
}

/** A source of text. */
export interface Source extends AsyncIterable<Uint8Array> {
  /** Whether it is a terminal, so that the user can be asked. */
  readonly isTerminal: boolean;
}

/** Everything outside the program that a command may use, except files and the network. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborts when the program should end. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
}
