/** After this many turns of the event loop without activity at a port, the system is quiet. */
const QUIET_TURNS = 4;
/** A system that is not quiet after this many turns never will be. */
const TURNS_MAX = 20_000;

interface Due {
  readonly turn: number;
  readonly work: () => void;
}

/**
 * Runs the event loop turn by turn. Without input and output the order of promises and immediates is always the same;
 * longer work takes a number of turns that the seed chooses.
 */
export class Scheduler {
  #turn = 0;
  #due: Due[] = [];
  #lastActiveTurn = 0;

  /** Whether work is in progress that ends at a turn chosen by the seed. */
  get isBusy(): boolean {
    return this.#due.length > 0;
  }

  /** Notes activity at a port. */
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

  /** Runs turns until the system is quiet. `deliver` moves packets, and returns whether there were any. */
  async quiet(deliver: () => boolean): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      if (deliver()) this.stir();
      if (this.#due.length === 0 && this.#turn - this.#lastActiveTurn >= QUIET_TURNS) return;
      await this.turn();
    }
    throw new Error(`not quiet after ${TURNS_MAX} turns of the event loop`);
  }
}
