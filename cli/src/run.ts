import { CommanderError } from 'commander';
import { describeError } from './failure/describe-error.js';
import { EXIT, exitCodeOf } from './failure/exit-code.js';
import { createProgram, type ProgramResult } from './program.js';
import { styleFor } from './session/session.js';
import type { Terminal } from './session/terminal.js';

/** Runs the command line and returns the exit code; never throws. `words` are the arguments of the program. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  const result: ProgramResult = { exitCode: EXIT.ok, writes: [] };
  try {
    await createProgram(terminal, result).parseAsync(words, { from: 'user' });
    return result.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const style = styleFor(terminal, terminal.stderr, { color: !words.includes('--no-color') });
    await terminal.stderr.write(`${describeError(error, style)}\n`);
    return exitCodeOf(error);
  } finally {
    await Promise.all(result.writes);
  }
}
