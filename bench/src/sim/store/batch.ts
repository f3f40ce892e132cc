/** Writes that reach the disk together. */
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
    // A caller may wait for the failure, but need not.
    this.durable.catch(() => {});
  }
}
