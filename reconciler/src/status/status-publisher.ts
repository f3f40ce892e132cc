import type { ConfigurationCounts } from '@muster/api';
import type { DeviceEntry } from '@muster/registry';
import type { Cancel, Clock } from '@muster/twin';
import type { StatusCounter } from './status-counter.js';

/** How long changes are collected before they are published: a few times a second during a large change. */
const GATHER_MS = 100;
/** Configurations published at a time; the others follow in the next batch. */
const TOLD_AT_ONCE_MAX = 500;

type StatusListener = (configuration: string, counts: ConfigurationCounts | undefined) => void;

interface StatusPublisherParts {
  readonly clock: Clock;
  readonly counter: StatusCounter;
  /** Undefined for a configuration that is not stored. */
  readonly status: (configuration: string) => ConfigurationCounts | undefined;
}

/** Publishes the counts of configurations soon after they changed, in batches. */
export class StatusPublisher {
  readonly #parts: StatusPublisherParts;
  readonly #listeners = new Set<StatusListener>();
  #cancel: Cancel | undefined;

  constructor(parts: StatusPublisherParts) {
    this.#parts = parts;
  }

  /** The listener gets every configuration that changes from now on, or changed before without a listener. */
  listen(listener: StatusListener): Cancel {
    const own: StatusListener = (...news) => listener(...news);
    this.#listeners.add(own);
    this.#gather();
    return () => this.#listeners.delete(own);
  }

  change(before: DeviceEntry | undefined, after: DeviceEntry): void {
    this.#parts.counter.change(before, after);
    this.#gather();
  }

  statusChanged(configuration: string): void {
    this.#parts.counter.markChanged(configuration);
    this.#gather();
  }

  stop(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  #gather(): void {
    if (this.#listeners.size === 0 || !this.#parts.counter.hasChanged) return;
    this.#cancel ??= this.#parts.clock.after(GATHER_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancel = undefined;
    for (const configuration of this.#parts.counter.takeChanged(TOLD_AT_ONCE_MAX)) {
      const counts = this.#parts.status(configuration);
      for (const listener of this.#listeners) listener(configuration, counts);
    }
    this.#gather();
  }
}
