/** A queue of items. At its limit it drops new items and counts them. */
export class EventQueue<Item> {
  readonly #itemsMax: number;
  readonly #items: Item[] = [];
  #isEnded = false;
  #dropped = 0;
  #wake: () => void = () => {};

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  push(item: Item): void {
    if (this.#items.length < this.#itemsMax) this.#items.push(item);
    else this.#dropped += 1;
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Resolves with the next item, with the number of items dropped at this place, or with undefined at the end. */
  async next(): Promise<{ item: Item } | { dropped: number } | undefined> {
    for (;;) {
      const [item] = this.#items.splice(0, 1);
      if (item !== undefined) return { item };
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) return { dropped };
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
