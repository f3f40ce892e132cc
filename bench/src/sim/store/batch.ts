/** Writes that come to disk together. */
export class Batch {
  readonly durable: Promise<void>;
  hasChanges = false;
  resolve: () => void = () => {};
  reject: (error: Error) => void = () => {};

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits hears of a failure; nobody has to.
    this.durable.catch(() => {});
  }
}
