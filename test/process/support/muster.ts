import { join } from 'node:path';
import { type Ending, Program, type ProgramOptions } from './program.js';
import { ROOT } from './root.js';
import type { Scope } from './scope.js';
import type { Server } from './server.js';

export const MUSTER_PROGRAM = join(ROOT, 'cli/bin/muster.js');

/** Runs the command line as a process of its own, with the data directory of a server. */
export class Muster {
  readonly #scope: Scope;
  readonly #dataDirectory: string;

  constructor(scope: Scope, { dataDirectory }: Pick<Server, 'dataDirectory'>) {
    this.#scope = scope;
    this.#dataDirectory = dataDirectory;
  }

  /** Starts a command without waiting for its end. */
  start(words: readonly string[], options: ProgramOptions = {}): Program {
    const environment = { MUSTER_DATA_DIR: this.#dataDirectory, ...options.environment };
    return new Program(this.#scope, process.execPath, [MUSTER_PROGRAM, ...words], { ...options, environment });
  }

  run(...words: string[]): Promise<Ending> {
    return this.start(words).ended;
  }

  /** Returns stdout; throws unless the exit code is 0. */
  async read(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code === 0) return stdout;
    throw new Error(`muster ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  }
}
