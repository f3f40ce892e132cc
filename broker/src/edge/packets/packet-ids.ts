const ID_MAX = 65_535;

/** The packet ids in use in one direction of a connection: `take` never returns one of them [MQTT-2.3.1-2]. */
export class PacketIds<Holder> {
  #next = 1;
  #held: Map<number, Holder> | undefined;

  /** Returns an unused id, or undefined when all 65,535 are in use. */
  take(holder: Holder): number | undefined {
    this.#held ??= new Map();
    if (this.#held.size >= ID_MAX) return undefined;
    while (this.#held.has(this.#next)) this.#advance();
    const id = this.#next;
    this.#advance();
    this.#held.set(id, holder);
    return id;
  }

  /** Marks an id as in use: an earlier connection of the session took it, or its holder changes. */
  hold(id: number, holder: Holder): void {
    this.#held ??= new Map();
    this.#held.set(id, holder);
  }

  get(id: number): Holder | undefined {
    return this.#held?.get(id);
  }

  release(id: number): void {
    this.#held?.delete(id);
  }

  /** Releases all ids and returns their holders. */
  releaseAll(): Holder[] {
    const holders = [...(this.#held?.values() ?? [])];
    this.#held = undefined;
    return holders;
  }

  #advance(): void {
    this.#next = this.#next >= ID_MAX ? 1 : this.#next + 1;
  }
}
