/** The user was asked and did not answer yes. */
export class Cancelled extends Error {
  /** `what` did not happen, such as `stored`. */
  constructor(what: string) {
    super(`cancelled: not ${what}`);
    this.name = 'Declined';
  }
}
