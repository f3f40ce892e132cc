import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ImageAnswer, ImageQuestion } from './check-image.js';
import type { Promised } from './mark.js';

/** A checking process that takes longer is considered hung. */
const ANSWER_MAX_MS = 60_000;

/** Opens images in another process: a torn image can kill the process that maps it into memory. */
export class ImageChecker {
  readonly #seed: number;
  readonly #bursts: number;
  #child: ChildProcess | undefined;

  constructor(seed: number, bursts: number) {
    this.#seed = seed;
    this.#bursts = bursts;
  }

  /** Returns the faults of the image, if any. Writes to the folder. */
  faultsOf(folder: string, promised: Promised): Promise<readonly string[]> {
    const child = this.#running();
    return new Promise((resolve) => {
      const answered = (faults: readonly string[]): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', died);
        resolve(faults);
      };
      const onMessage = (message: unknown) => answered((message as ImageAnswer).faults);
      const died = (code: number | null, signal: string | null) =>
        answered([`the process that opened it ended: ${signal ?? code}`]);
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        answered(['the process that opened it hung']);
      }, ANSWER_MAX_MS);
      child.once('message', onMessage).once('exit', died);
      const question: ImageQuestion = { folder, promised };
      child.send(question);
    });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    await new Promise((resolve) => child.once('exit', resolve).kill());
  }

  #running(): ChildProcess {
    if (this.#child && !hasEnded(this.#child)) return this.#child;
    const program = fileURLToPath(new URL('./check-image.js', import.meta.url));
    this.#child = fork(program, [String(this.#seed), String(this.#bursts)]);
    return this.#child;
  }
}

function hasEnded({ exitCode, signalCode, killed }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || killed;
}
