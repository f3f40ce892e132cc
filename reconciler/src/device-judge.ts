import {
  type Awaitable,
  type Committed,
  type DeviceRecord,
  isBroughtAlong,
  type Registry,
  type Resolution,
} from '@muster/registry';
import type { ConfigurationLayer, Log, SteadyClock } from '@muster/twin';
import { type BookEntry, type ConfigurationBook, layersOf, type Match } from './configuration-book.js';
import { DeviceExplanation } from './device-explanation.js';
import { FlapDamper, type Outcome } from './flap-damper.js';
import type { FlapBound } from './flap-damping.js';
import { LastResolution } from './last-resolution.js';
import { QuarrelDetector } from './quarrel-detector.js';
import { deviceAdmissions } from './rollout/device-admissions.js';
import type { Rollouts } from './rollouts.js';
import { subjectOf } from './subject.js';

interface DeviceJudgeParts {
  readonly registry: Pick<Registry, 'setDesired' | 'noteQuarrel'>;
  readonly book: ConfigurationBook;
  readonly rollouts: Rollouts;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** The device is to be looked at. */
  readonly wake: (device: string) => void;
  /** Undefined: every device follows its matches, however often they change. */
  readonly flapBound: FlapBound | undefined;
}

/** Says what a device should have: by the layers of its configurations, and by what their rollouts make of it. */
export class DeviceJudge {
  readonly #parts: DeviceJudgeParts;
  readonly #resolutions = new LastResolution();
  /** Made once: a fleet comes through here, and most of it has no rollout. */
  readonly #resolve = (record: DeviceRecord): Resolution => {
    const resolution = this.#resolutions.of(record, this.#parts.book.layersFor(record));
    this.#quarrels.hear(record, resolution);
    return resolution;
  };
  readonly #damper: FlapDamper | undefined;
  readonly #quarrels: QuarrelDetector;

  constructor(parts: DeviceJudgeParts) {
    this.#parts = parts;
    const { flapBound, ...others } = parts;
    this.#damper = flapBound && new FlapDamper({ ...others, bound: flapBound });
    this.#quarrels = new QuarrelDetector(parts);
  }

  get counters(): Readonly<Record<'held' | 'holds' | 'quarrels', number>> {
    return { ...(this.#damper?.counters ?? { held: 0, holds: 0 }), quarrels: this.#quarrels.quarrels };
  }

  stop(): void {
    this.#damper?.stop();
  }

  /** To be shown the stored configurations. */
  explanationOf(record: DeviceRecord): DeviceExplanation {
    return new DeviceExplanation(record, {
      holdOf: (entry) => this.#damper?.holdOf(record, entry),
      remarkOn: (entry) => this.#quarrels.remarkOn(record.id, entry.record.id),
    });
  }

  /** The layers of a device's configurations, of those too that it is held in, but not of those that it is held out of. */
  layersFor(record: DeviceRecord): readonly ConfigurationLayer[] {
    return this.#damper ? layersOf(this.#heldMatches(record), record.admissions) : this.#parts.book.layersFor(record);
  }

  heldMatch(record: DeviceRecord, entry: BookEntry): Match | undefined {
    return this.#damper?.holdOf(record, entry)?.match;
  }

  heldIn(entry: BookEntry): Iterable<string> {
    return this.#damper?.heldIn(entry) ?? [];
  }

  /**
   * By the record at hand, which may be outdated: a hint for the worker, which looks at the newest. What time does to
   * admissions is told of by the rollouts.
   */
  isDue(record: DeviceRecord, matches = this.#heldMatches(record)): boolean {
    return !isBroughtAlong(record, this.#resolutions.of(record, layersOf(matches, record.admissions)));
  }

  /** As `isDue`, of a device that is met for the first time. */
  meet(record: DeviceRecord): boolean {
    const matches = this.#matches(record);
    this.#parts.rollouts.settle(record, matches);
    this.#parts.rollouts.attend(record);
    return this.isDue(record, matches);
  }

  /** Decided within the registry's update, over the newest record. */
  reconcile(id: string): Awaitable<Committed<boolean>> {
    const { registry, rollouts } = this.#parts;
    const isPlain = !rollouts.isAny && this.#damper === undefined;
    return isPlain ? registry.setDesired(id, this.#resolve) : this.#reconcileRolled(id);
  }

  #reconcileRolled(id: string): Awaitable<Committed<boolean>> {
    const { registry, rollouts } = this.#parts;
    const damper = this.#damper;
    let settle = (_isChanged: boolean): void => {
      rollouts.forget(id);
      damper?.forget(id);
    };
    const decided = registry.setDesired(id, (record) => {
      const outcome = this.#outcome(record, this.#matches(record));
      const damped = damper?.damp(record, outcome);
      const isHeld = damped !== undefined && damped.matches !== outcome.matches;
      const { matches, admissions } = isHeld ? this.#outcome(record, damped.matches) : outcome;
      const resolution = this.#resolutions.of(record, layersOf(matches, admissions ?? record.admissions));
      settle = (isChanged) => {
        rollouts.settle(record, matches, admissions);
        // What was written was heard of already, and is newer than this.
        if (!isChanged) rollouts.attend(record);
        damper?.settle(id, damped);
        this.#quarrels.hear(record, resolution);
      };
      return admissions ? { ...resolution, admissions } : resolution;
    });
    const settled = (committed: Committed<boolean>): Committed<boolean> => {
      settle(committed.result);
      return committed;
    };
    if (!(decided instanceof Promise)) return settled(decided);
    return decided.then(settled, (error) => {
      settle(true);
      throw error;
    });
  }

  #outcome(record: DeviceRecord, matches: readonly Match[]): Outcome {
    const moment = this.#parts.rollouts.momentOf(record.id);
    return { matches, admissions: moment && deviceAdmissions(record, matches, moment) };
  }

  #heldMatches(record: DeviceRecord): readonly Match[] {
    const matches = this.#matches(record);
    return this.#damper?.held(record, matches) ?? matches;
  }

  #matches(record: DeviceRecord): Match[] {
    return this.#parts.book.matches(subjectOf(record));
  }
}
