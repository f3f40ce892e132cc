export type PartState = 'starting' | 'ready' | 'stopping';

/** The state of each part. The server is ready when all parts are. */
export class Health {
  readonly #states = new Map<string, PartState>();
  readonly #progress = new Map<string, Readonly<Record<string, number>>>();

  /** The progress of a part is dropped once it is no longer starting. */
  set(part: string, state: PartState): void {
    this.#states.set(part, state);
    if (state !== 'starting') this.#progress.delete(part);
  }

  /** Sets the progress of a starting part, such as `{"devicesRead":120000}`. */
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
