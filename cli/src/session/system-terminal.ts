import { createSystemClock } from '@muster/client';
import type { Sink, Source, Terminal } from './terminal.js';

const COLUMNS_DEFAULT = 80;

/** The terminal of the process. The first SIGINT or SIGTERM aborts the signal, the second ends the process. */
export function createSystemTerminal(): Terminal {
  return {
    environment: process.env,
    workingDirectory: process.cwd(),
    stdin: createSource(process.stdin),
    stdout: createSink(process.stdout),
    stderr: createSink(process.stderr),
    signal: interruptions(),
    clock: createSystemClock(),
    random: Math.random,
  };
}

function createSource(stream: NodeJS.ReadStream): Source {
  return { isTerminal: stream.isTTY === true, [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() };
}

function createSink(stream: NodeJS.WriteStream): Sink {
  // EPIPE: the reader, such as `head`, closed the pipe. That is not a failure.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal of unknown size reports 0.
      return stream.columns || COLUMNS_DEFAULT;
    },
    write: (text) => new Promise((resolve) => stream.write(text, () => resolve())),
  };
}

function interruptions(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (exitCode: number): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
  };
  process.on('SIGINT', () => interrupt(130));
  process.on('SIGTERM', () => interrupt(143));
  return controller.signal;
}
