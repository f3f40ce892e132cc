import { type Clock, LIMITS } from '@muster/twin';

const STEPS_PER_SLICE_MAX = 512;

/** Cuts long work into slices, so that the event loop is held for a few milliseconds at a time. */
export class Slicer {
  readonly #clock: Clock;
  #startedAt: number;
  #steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /**
   * Takes a step for each item, with pauses in between. Ends early at a step that returns, or resolves to, false; returns
   * whether it got to the end.
   */
  async each<Item>(items: Iterable<Item>, step: (item: Item) => unknown): Promise<boolean> {
    for (const item of items) {
      const taken = step(item);
      if ((taken instanceof Promise ? await taken : taken) === false) return false;
      const pause = this.pause();
      if (pause) await pause;
    }
    return true;
  }

  /**
   * Call after each step, and await the result unless it is undefined. Undefined while the slice lasts; otherwise other
   * work runs first.
   */
  pause(): Promise<void> | undefined {
    this.#steps += 1;
    if (this.#steps < STEPS_PER_SLICE_MAX && this.#clock.now() - this.#startedAt < LIMITS.sliceMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#steps = 0;
        this.#startedAt = this.#clock.now();
        resolve();
      });
    });
  }
}
