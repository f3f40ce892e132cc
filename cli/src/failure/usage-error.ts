/** The command line itself is wrong: what was typed has to change, whatever the server thinks. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
