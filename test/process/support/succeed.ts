import { expect } from 'vitest';
import { type ProgramOptions, run } from './program.js';
import type { Scope } from './scope.js';

/** Runs a program, expects that it ends with 0, and resolves with its output. */
export async function succeed(
  scope: Scope,
  command: string,
  words: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  const { code, stdout, stderr } = await run(scope, command, words, { ...options, ownGroup: true });
  expect(code, `${command} ${words.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}
