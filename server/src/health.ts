export type PartState = 'starting' | 'ready' | 'stopping';

/** Which parts of the server run. The server is ready when all of them are. */
export class Health {
  readonly #states = new Map<string, PartState>();
  readonly #progress = new Map<string, Readonly<Record<string, number>>>();

  /** What is told of the progress of a part ends when it is ready. */
  set(part: string, state: PartState): void {
    this.#states.set(part, state);
    if (state !== 'starting') this.#progress.delete(part);
  }

  /** How far a part that is starting has come, such as `{"devicesRead":120000}`. */
  report(part: string, progress: Readonly<Record<string, number>>): void {
    this.#progress.set(part, progress);
  }

  get isReady(): boolean {
    return this.#states.size > 0 && [...this.#states.values()].every((state) => state === 'ready');
  }

  get progress(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries(this.#progress);
  }

  get parts(): Readonly<Record<string, PartState>> {
    return Object.fromEntries(this.#states);
  }
}
