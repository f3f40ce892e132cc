import { createSystemClock } from '@muster/client';
import type { Sink, Terminal } from '../session/terminal.js';

/** A terminal that records its output. */
export interface FakeTerminal extends Terminal {
  readonly output: { readonly stdout: string; readonly stderr: string };
  interrupt(): void;
  /** Resolves when stdout contains the text. */
  shows(text: string): Promise<void>;
}

export interface FakeTerminalOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly workingDirectory?: string;
  /** Whether stdout and stderr are terminals. */
  readonly isTerminal?: boolean;
  /** Whether stdin is a terminal. */
  readonly isTyped?: boolean;
}

export function createFakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const controller = new AbortController();
  const output = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void }[] = [];
  const sink = (name: 'stdout' | 'stderr'): Sink => ({
    isTerminal: options.isTerminal ?? false,
    columns: 80,
    write: async (text) => {
      output[name] += text;
      for (const one of waiting) if (output.stdout.includes(one.text)) one.resolve();
    },
  });
  return {
    environment: options.environment ?? {},
    workingDirectory: options.workingDirectory ?? '/nowhere',
    stdin: {
      isTerminal: options.isTyped ?? false,
      [Symbol.asyncIterator]: () => chunks(options.stdin ?? ''),
    },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    signal: controller.signal,
    clock: createSystemClock(),
    random: () => 0.5,
    output,
    interrupt: () => controller.abort(),
    shows: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
        if (output.stdout.includes(text)) resolve();
      }),
  };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(text);
}
