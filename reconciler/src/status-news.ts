import type { DeviceEntry } from '@muster/registry';
import type { Cancel, Clock, ConfigurationCounts } from '@muster/twin';
import type { Tally } from './tally.js';

/** How long changes are gathered before they are told: a fleet that moves is told a few times a second. */
const GATHER_MS = 100;

type StatusListener = (configuration: string, counts: ConfigurationCounts | undefined) => void;

/** Tells the counts of configurations soon after they changed, gathered. */
export class StatusNews {
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #isStored: (configuration: string) => boolean;
  readonly #listeners = new Set<StatusListener>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock, tally: Tally, isStored: (configuration: string) => boolean) {
    this.#clock = clock;
    this.#tally = tally;
    this.#isStored = isStored;
  }

  /** A new listener hears of every configuration that was touched so far. */
  listen(listener: StatusListener): Cancel {
    this.#listeners.add(listener);
    this.#gather();
    return () => this.#listeners.delete(listener);
  }

  change(before: DeviceEntry | undefined, after: DeviceEntry): void {
    this.#tally.change(before, after);
    this.#gather();
  }

  touch(configuration: string): void {
    this.#tally.touch(configuration);
    this.#gather();
  }

  stop(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  #gather(): void {
    if (this.#listeners.size === 0) return;
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancel = undefined;
    for (const configuration of this.#tally.takeTouched()) {
      const counts = this.#isStored(configuration) ? this.#tally.status(configuration) : undefined;
      if (!counts) this.#tally.forget(configuration);
      for (const listener of this.#listeners) listener(configuration, counts);
    }
  }
}
