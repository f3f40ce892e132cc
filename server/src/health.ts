export type PartState = 'starting' | 'ready' | 'stopping';

/** Which parts of the server run. The server is ready when all of them are. */
export class Health {
  readonly #states = new Map<string, PartState>();

  set(part: string, state: PartState): void {
    this.#states.set(part, state);
  }

  get isReady(): boolean {
    return this.#states.size > 0 && [...this.#states.values()].every((state) => state === 'ready');
  }

  get parts(): Readonly<Record<string, PartState>> {
    return Object.fromEntries(this.#states);
  }
}
