/** Somebody was asked, and did not say yes. */
export class Cancelled extends Error {
  /** Such as `stored`: what did not happen. */
  constructor(what: string) {
    super(`not ${what}, for nobody said yes`);
    this.name = 'Declined';
  }
}
