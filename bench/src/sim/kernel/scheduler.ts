/** So many turns of the event loop in which nothing passes a port: nothing goes on any more. */
const QUIET_TURNS = 4;
/** What is not quiet after so many turns never will be. */
const TURNS_MAX = 20_000;

interface Due {
  readonly turn: number;
  readonly work: () => void;
}

/**
 * The event loop, one turn after the other. Without input and output the order of promises and immediates is always
 * the same; whatever takes longer than that takes a number of turns which the seed has chosen.
 */
export class Scheduler {
  #turn = 0;
  #due: Due[] = [];
  #lastActiveTurn = 0;

  /** Whether something is on its way to an end that the seed has chosen. */
  get isBusy(): boolean {
    return this.#due.length > 0;
  }

  /** Something passed a port. */
  stir(): void {
    this.#lastActiveTurn = this.#turn;
  }

  later(turns: number, work: () => void): void {
    this.stir();
    this.#due.push({ turn: this.#turn + turns, work });
  }

  async turn(): Promise<void> {
    this.#turn += 1;
    const due = this.#due.filter(({ turn }) => turn <= this.#turn);
    if (due.length > 0) {
      this.#due = this.#due.filter(({ turn }) => turn > this.#turn);
      this.stir();
    }
    for (const { work } of due) work();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Turns until nothing happens by itself any more; `deliver` moves what lies outside, and answers whether it did. */
  async quiet(deliver: () => boolean): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      if (deliver()) this.stir();
      if (this.#due.length === 0 && this.#turn - this.#lastActiveTurn >= QUIET_TURNS) return;
      await this.turn();
    }
    throw new Error(`not quiet after ${TURNS_MAX} turns of the event loop`);
  }
}
