import {
  type Admission,
  type Awaitable,
  type Committed,
  type DesiredOutcome,
  type DesiredPlan,
  type DeviceRecord,
  isBroughtAlong,
  type Registry,
} from '@muster/registry';
import { assertNever, type ConfigurationLayer, type Log, type SteadyClock } from '@muster/twin';
import {
  type CachedConfiguration,
  type ConfigurationCache,
  layersOf,
  type Match,
} from './cache/configuration-cache.js';
import { subjectOf } from './cache/subject.js';
import { DeviceExplanation } from './resolve/device-explanation.js';
import { LastResolution } from './resolve/last-resolution.js';
import { deviceAdmissions } from './rollout-controller/device-admissions.js';
import type { Rollouts } from './rollout-controller/rollouts.js';
import { type Damped, FlapDamper, type IntendedLayers } from './stability/flap-damper.js';
import type { FlapBound } from './stability/flap-damping.js';
import type { Signals } from './workqueue/signals.js';

interface DeviceReconcilerParts extends Pick<Signals, 'wake'> {
  readonly registry: Pick<Registry, 'setDesired'>;
  readonly cache: ConfigurationCache;
  readonly rollouts: Rollouts;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** Undefined: every device follows its matches, however often they change. */
  readonly flapBound: FlapBound | undefined;
  readonly remarkOn: (device: string, configuration: string) => string | undefined;
}

/** What a decision leads to once it is on disk: `rolled` where rollouts or flap damping have a say in it. */
export type DeviceEffect =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'rolled';
      readonly record: DeviceRecord;
      readonly matches: readonly Match[];
      readonly admissions: readonly Admission[] | undefined;
      readonly damped: Damped | undefined;
    };

const PLAIN: DeviceEffect = { kind: 'plain' };

/** Says what a device should have: by the layers of its configurations, and by what their rollouts make of it. */
export class DeviceReconciler {
  readonly #parts: DeviceReconcilerParts;
  readonly #resolutions = new LastResolution();
  /** Made once: a fleet comes through here, and most of it has no rollout. */
  readonly #planPlain = (record: DeviceRecord): DesiredPlan<DeviceEffect> => {
    return { resolution: this.#resolutions.of(record, this.#parts.cache.layersFor(record)), effect: PLAIN };
  };
  readonly #planRolled = (record: DeviceRecord): DesiredPlan<DeviceEffect> => this.#rolled(record);
  readonly #damper: FlapDamper | undefined;

  constructor(parts: DeviceReconcilerParts) {
    this.#parts = parts;
    const { flapBound, ...others } = parts;
    this.#damper = flapBound && new FlapDamper({ ...others, bound: flapBound });
  }

  get counters(): Readonly<Record<'held' | 'holds', number>> {
    return this.#damper?.counters ?? { held: 0, holds: 0 };
  }

  stop(): void {
    this.#damper?.stop();
  }

  /** To be shown the stored configurations. */
  explanationOf(record: DeviceRecord): DeviceExplanation {
    return new DeviceExplanation(record, {
      suppressionOf: (entry) => this.#damper?.suppressionOf(record, entry),
      remarkOn: (entry) => this.#parts.remarkOn(record.id, entry.record.id),
    });
  }

  /** The layers of a device's configurations, of those too that it is held in, but not of those that it is held out of. */
  layersFor(record: DeviceRecord): readonly ConfigurationLayer[] {
    return this.#damper
      ? layersOf(this.#matchesWithSuppression(record), record.admissions)
      : this.#parts.cache.layersFor(record);
  }

  suppressedMatch(record: DeviceRecord, entry: CachedConfiguration): Match | undefined {
    return this.#damper?.suppressionOf(record, entry)?.match;
  }

  suppressedIn(entry: CachedConfiguration): Iterable<string> {
    return this.#damper?.suppressedIn(entry) ?? [];
  }

  /**
   * By the record at hand, which may be outdated: a hint for the worker, which looks at the newest. What time does to
   * admissions is told of by the rollouts.
   */
  isDue(record: DeviceRecord, matches = this.#matchesWithSuppression(record)): boolean {
    return !isBroughtAlong(record, this.#resolutions.of(record, layersOf(matches, record.admissions)));
  }

  /** As `isDue`, of a device that is met for the first time. */
  onFirstSeen(record: DeviceRecord): boolean {
    const matches = this.#matches(record);
    this.#parts.rollouts.onReconciled(record, matches);
    this.#parts.rollouts.reschedule(record);
    return this.isDue(record, matches);
  }

  /** Decides within the registry's update, over the newest record. `reconciled` takes the outcome once it is on disk. */
  reconcile(id: string): Awaitable<Committed<DesiredOutcome<DeviceEffect>>> {
    const { registry, rollouts } = this.#parts;
    const isPlain = !rollouts.isAny && this.#damper === undefined;
    return registry.setDesired(id, isPlain ? this.#planPlain : this.#planRolled);
  }

  /** The outcome is on disk. Returns whether to decide again, because the configurations changed since. */
  reconciled({ isChanged, effect = PLAIN }: DesiredOutcome<DeviceEffect>, isOutdated: boolean): boolean {
    switch (effect.kind) {
      case 'plain':
        return isChanged && isOutdated;
      case 'rolled': {
        if (isOutdated) return true;
        const { record, matches, admissions, damped } = effect;
        this.#parts.rollouts.onReconciled(record, matches, admissions);
        // A record that was written was told of already, and is newer than this one.
        if (!isChanged) this.#parts.rollouts.reschedule(record);
        this.#damper?.onReconciled(record.id, damped);
        return false;
      }
      default:
        return assertNever(effect);
    }
  }

  /** The device was removed. */
  forget(id: string): void {
    this.#damper?.forget(id);
  }

  #rolled(record: DeviceRecord): DesiredPlan<DeviceEffect> {
    const outcome = this.#intend(record, this.#matches(record));
    const damped = this.#damper?.damp(record, outcome);
    const isHeld = damped !== undefined && damped.matches !== outcome.matches;
    const { matches, admissions } = isHeld ? this.#intend(record, damped.matches) : outcome;
    const resolution = this.#resolutions.of(record, layersOf(matches, admissions ?? record.admissions));
    return {
      resolution: admissions ? { ...resolution, admissions } : resolution,
      effect: { kind: 'rolled', record, matches, admissions, damped },
    };
  }

  #intend(record: DeviceRecord, matches: readonly Match[]): IntendedLayers {
    const context = this.#parts.rollouts.contextOf(record.id);
    return { matches, admissions: context && deviceAdmissions(record, matches, context) };
  }

  #matchesWithSuppression(record: DeviceRecord): readonly Match[] {
    const matches = this.#matches(record);
    return this.#damper?.withSuppression(record, matches) ?? matches;
  }

  #matches(record: DeviceRecord): Match[] {
    return this.#parts.cache.matches(subjectOf(record));
  }
}
