/** The started parts, to be stopped in reverse: each before the parts it depends on. */
export class Stack {
  #stops: (() => Promise<void> | void)[] = [];
  #stopping: Promise<void> | undefined;

  push(stop: () => Promise<void> | void): void {
    this.#stops.push(stop);
  }

  /** Stops all parts, also after one has failed to stop; throws the first failure at the end. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
