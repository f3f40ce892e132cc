import {
  type Awaitable,
  type Committed,
  type DeviceRecord,
  isBroughtAlong,
  type Registry,
  type Resolution,
} from '@muster/registry';
import { type ConfigurationBook, layersOf, type Match } from './configuration-book.js';
import { LastResolution } from './last-resolution.js';
import { deviceAdmissions } from './rollout/device-admissions.js';
import type { Rollouts } from './rollouts.js';
import { subjectOf } from './subject.js';

interface DeviceJudgeParts {
  readonly registry: Pick<Registry, 'setDesired'>;
  readonly book: ConfigurationBook;
  readonly rollouts: Rollouts;
}

/** Says what a device should have: by the layers of its configurations, and by what their rollouts make of it. */
export class DeviceJudge {
  readonly #parts: DeviceJudgeParts;
  readonly #resolutions = new LastResolution();
  /** Made once: a fleet comes through here, and most of it has no rollout. */
  readonly #resolve = (record: DeviceRecord): Resolution =>
    this.#resolutions.of(record, this.#parts.book.layersFor(record));

  constructor(parts: DeviceJudgeParts) {
    this.#parts = parts;
  }

  /**
   * By the record at hand, which may be outdated: a hint for the worker, which looks at the newest. What time does to
   * admissions is told of by the rollouts.
   */
  isDue(record: DeviceRecord, matches = this.#matches(record)): boolean {
    return !isBroughtAlong(record, this.#resolutions.of(record, layersOf(matches, record.admissions)));
  }

  /** As `isDue`, of a device that is met for the first time. */
  meet(record: DeviceRecord): boolean {
    const matches = this.#matches(record);
    this.#parts.rollouts.settle(record, matches);
    return this.isDue(record, matches);
  }

  /** Decided within the registry's update, over the newest record. */
  reconcile(id: string): Awaitable<Committed<boolean>> {
    const { registry, rollouts } = this.#parts;
    return rollouts.isAny ? this.#reconcileRolled(id) : registry.setDesired(id, this.#resolve);
  }

  #reconcileRolled(id: string): Awaitable<Committed<boolean>> {
    const { registry, rollouts } = this.#parts;
    let settle = (): void => rollouts.forget(id);
    const decided = registry.setDesired(id, (record) => {
      const matches = this.#matches(record);
      const moment = rollouts.momentOf(id);
      const admissions = moment && deviceAdmissions(record, matches, moment);
      settle = () => rollouts.settle(record, matches, admissions);
      const resolution = this.#resolutions.of(record, layersOf(matches, admissions ?? record.admissions));
      return admissions ? { ...resolution, admissions } : resolution;
    });
    if (decided instanceof Promise) return decided.finally(() => settle());
    settle();
    return decided;
  }

  #matches(record: DeviceRecord): Match[] {
    return this.#parts.book.matches(subjectOf(record));
  }
}
