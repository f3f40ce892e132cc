/** Somebody was asked, and did not say yes. */
export class Declined extends Error {
  constructor() {
    super('not stored, for nobody said yes');
    this.name = 'Declined';
  }
}
