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
  'devices have more paths of tags than are indexed: conditions and queries on those that came last ask every device, ' +
  'until there is room again';
const VALUES_FULL =
  'devices have more different values than are indexed: paths that have the most of them are given up, and conditions ' +
  'and queries that compare these ask every device that has one';

/** Says in the log, once each, that a limit of the index of devices is reached: it changes no answer, only how long it takes. */
export class IndexLimits {
  readonly #parts: IndexLimitsParts;
  #isFullTold = false;
  #isGivenUpTold = false;
  #cancel: Cancel | undefined;
  #isStopped = false;

  constructor(parts: IndexLimitsParts) {
    this.#parts = parts;
  }

  /** The index has changed. It is looked at soon after, once for all that changes until then: to count it takes a while. */
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
