import { type ChildProcess, spawn } from 'node:child_process';
import { TIMEOUT_MS } from './eventually.js';
import { ROOT } from './root.js';
import type { Scope } from './scope.js';

/** Time for a program to end after a signal, before it is killed. */
const ENDING_MAX_MS = 10_000;

export interface ProgramOptions {
  /** Added to the environment of the tests, from which all variables of Muster are removed. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly workingDirectory?: string;
  /** Whether the program gets a process group, so that the programs it starts end with it. */
  readonly ownGroup?: boolean;
}

/** The end of a program: `code` is null if a signal ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program as a process of its own, and its output so far. */
export class Program {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  #stdout = '';
  #stderr = '';
  #isOver = false;

  constructor(scope: Scope, command: string, words: readonly string[], options: ProgramOptions = {}) {
    const { input = '', environment, workingDirectory = ROOT, ownGroup = false } = options;
    const env = { ...withoutMuster(process.env), ...environment };
    this.#isGroup = ownGroup;
    this.#child = spawn(command, words, { cwd: workingDirectory, env, detached: ownGroup, stdio: 'pipe' });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#child.stdin?.on('error', () => {}).end(input);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#isOver = true;
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    scope.add(() => this.#clean());
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves once stdout contains the text. */
  async printed(text: string, maxMs = TIMEOUT_MS): Promise<void> {
    const since = performance.now();
    while (!this.#stdout.includes(text)) {
      if (this.#isOver || performance.now() - since > maxMs) {
        throw new Error(`"${text}" was not printed, but:\n${this.#stdout}\n${this.#stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  signal(name: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(name);
    return this.ended;
  }

  async #clean(): Promise<void> {
    if (!this.#isOver) this.#send('SIGTERM');
    const killing = setTimeout(() => this.#send('SIGKILL'), ENDING_MAX_MS);
    await this.ended.catch(() => {});
    clearTimeout(killing);
  }

  #send(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (this.#isGroup && pid !== undefined) process.kill(-pid, name);
    else this.#child.kill(name);
  }
}

/** Runs a program to its end. */
export function run(
  scope: Scope,
  command: string,
  words: readonly string[],
  options: ProgramOptions = {},
): Promise<Ending> {
  return new Program(scope, command, words, options).ended;
}

function withoutMuster(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MUSTER_')));
}
