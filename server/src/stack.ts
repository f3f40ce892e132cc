/** What was started, so that it can be stopped in reverse: each thing before those it stands on. */
export class Stack {
  #stops: (() => Promise<void> | void)[] = [];
  #stopping: Promise<void> | undefined;

  push(stop: () => Promise<void> | void): void {
    this.#stops.push(stop);
  }

  /** One that fails does not keep the others running; the first failure is thrown in the end. */
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
