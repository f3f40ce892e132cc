import type { DeviceRecord } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';

const PAGE = 500;

interface ResyncParts {
  /**
   * Visits at most `limit` devices with an id above `after`; returns the id to continue after, undefined at the end.
   */
  readonly walkPage: (
    after: string,
    limit: number,
    visit: (record: DeviceRecord) => void,
  ) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** One round over the whole fleet takes about this long. */
  readonly intervalMs: number;
  readonly devices: () => number;
  /** Called before each round. */
  readonly begin: () => Promise<void>;
  readonly visit: (record: DeviceRecord) => void;
}

/** Visits every device once an interval, spread out: it finds devices that every signal missed. */
export class Resync {
  readonly #parts: ResyncParts;
  #cancel: Cancel | undefined;
  #after = '';
  #page: Promise<void> = Promise.resolve();
  #isStopped = false;
  #visited = 0;

  constructor(parts: ResyncParts) {
    this.#parts = parts;
  }

  /** Number of devices visited so far. */
  get visited(): number {
    return this.#visited;
  }

  start(): void {
    if (this.#isStopped) return;
    const pages = Math.max(1, Math.ceil(this.#parts.devices() / PAGE));
    this.#cancel = this.#parts.clock.after(this.#parts.intervalMs / pages, () => {
      this.#page = this.#visitPage()
        .catch((error) => this.#parts.log('error', 'the resync failed; continuing later', { error }))
        .finally(() => this.start());
    });
  }

  /** Resolves when no page is being read. */
  async idle(): Promise<void> {
    await this.#page;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#page;
  }

  async #visitPage(): Promise<void> {
    if (this.#after === '') await this.#parts.begin();
    if (this.#isStopped) return;
    const last = await this.#parts.walkPage(this.#after, PAGE, (record) => {
      this.#parts.visit(record);
      this.#visited += 1;
    });
    this.#after = last ?? '';
  }
}
