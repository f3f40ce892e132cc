import { pause } from './pause.js';
import { RawClient, type RawClientOptions } from './raw-client.js';

const INTERVAL_MS = 100;

/** A device that reports ten times a second and records the delay of each acknowledgement. */
export class PacedReporter {
  readonly #client: RawClient;
  readonly #sentAt: number[];
  readonly #timer: NodeJS.Timeout;
  #waits: number[] = [];
  #serial = 0;

  /** `delayMs` spreads devices over the interval. */
  static async start(login: Omit<RawClientOptions, 'onAcknowledged'>, delayMs: number): Promise<PacedReporter> {
    const sentAt: number[] = [];
    let acknowledge: (amount: number) => void = () => {};
    const client = await RawClient.connect({ ...login, onAcknowledged: (amount) => acknowledge(amount) });
    await pause(delayMs % INTERVAL_MS);
    const reporter = new PacedReporter(client, sentAt);
    acknowledge = (amount) => reporter.#acknowledged(amount);
    return reporter;
  }

  private constructor(client: RawClient, sentAt: number[]) {
    this.#client = client;
    this.#sentAt = sentAt;
    this.#timer = setInterval(() => this.#report(), INTERVAL_MS);
  }

  /** Returns the delays in ms since the previous call. A report without an acknowledgement counts with its delay so far. */
  takeWaits(): number[] {
    const now = performance.now();
    const waits = [...this.#waits, ...this.#sentAt.map((sentAt) => now - sentAt)];
    this.#waits = [];
    return waits;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#client.end();
  }

  #report(): void {
    this.#serial += 1;
    this.#sentAt.push(performance.now());
    this.#client.publish('$twin/reported', [`{"reported":{"n":${this.#serial}}}`]);
  }

  /** PUBACKs come in the order of the reports. */
  #acknowledged(amount: number): void {
    const now = performance.now();
    for (const sentAt of this.#sentAt.splice(0, amount)) this.#waits.push(now - sentAt);
  }
}
