/** The user pressed Ctrl-C, or the process got SIGTERM. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
