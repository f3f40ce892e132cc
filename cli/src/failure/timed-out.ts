/** The time of `--timeout` has passed. */
export class TimedOut extends Error {
  constructor(timeoutMs: number) {
    super(`not finished after ${timeoutMs / 1_000} s (--timeout)`);
    this.name = 'TimedOut';
  }
}
