import type { DeviceIndexCounters } from '@muster/conditions';
import type { Cancel, Clock, Log } from '@muster/twin';

export interface IndexLimitsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: { readonly indexedPathsMax: number; readonly indexedValuesMax: number };
  readonly counters: () => Pick<DeviceIndexCounters, 'leftOut' | 'givenUp'>;
}

const LOOK_AFTER_MS = 1_000;
const PATHS_NAMED_MAX = 10;

const PATHS_FULL =
  'devices have more paths of tags than the index takes: conditions and queries on the newest paths scan every device ' +
  'until there is room';
const VALUES_FULL =
  'devices have more distinct values than the index takes: it drops the paths with the most values, and conditions ' +
  'and queries that compare them scan every device that has the path';

/** Logs, once each, that a limit of the device index is reached. Results stay exact, but take longer. */
export class IndexLimits {
  readonly #parts: IndexLimitsParts;
  #isFullTold = false;
  #isGivenUpTold = false;
  #cancel: Cancel | undefined;
  #isStopped = false;

  constructor(parts: IndexLimitsParts) {
    this.#parts = parts;
  }

  /** The index has changed. The counters are checked soon after, once for many changes: reading them is slow. */
  changed(): void {
    if (this.#cancel || this.#isStopped || (this.#isFullTold && this.#isGivenUpTold)) return;
    this.#cancel = this.#parts.clock.after(LOOK_AFTER_MS, () => this.#look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #look(): void {
    this.#cancel = undefined;
    const { log, limits, counters } = this.#parts;
    const { leftOut, givenUp } = counters();
    const isFull = leftOut > 0;
    if (isFull && !this.#isFullTold) log('warn', PATHS_FULL, { indexedPathsMax: limits.indexedPathsMax });
    if (givenUp.length > 0 && !this.#isGivenUpTold) {
      const { indexedValuesMax } = limits;
      log('warn', VALUES_FULL, { indexedValuesMax, paths: givenUp.slice(0, PATHS_NAMED_MAX) });
    }
    this.#isFullTold ||= isFull;
    this.#isGivenUpTold ||= givenUp.length > 0;
  }
}
