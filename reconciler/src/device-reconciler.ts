import {
  type Admission,
  type Awaitable,
  type Committed,
  type DesiredOutcome,
  type DesiredPlan,
  type DeviceRecord,
  isBroughtAlong,
  RECONCILER,
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
  readonly registry: Pick<Registry, 'devices'>;
  readonly cache: ConfigurationCache;
  readonly rollouts: Rollouts;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** Undefined: devices always follow their matches. */
  readonly flapBound: FlapBound | undefined;
  readonly remarkOn: (device: string, configuration: string) => string | undefined;
}

/** Applied once a decision is on disk; `rolled` if rollouts or flap damping took part in it. */
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

/** Decides what a device should have: from its matches, its admissions and flap damping. */
export class DeviceReconciler {
  readonly #parts: DeviceReconcilerParts;
  readonly #resolutions = new LastResolution();
  /** Created once, not for each device: most of a fleet has no rollout. */
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

  /** Visit the stored configurations with it. */
  explanationOf(record: DeviceRecord): DeviceExplanation {
    return new DeviceExplanation(record, {
      suppressionOf: (entry) => this.#damper?.suppressionOf(record, entry),
      remarkOn: (entry) => this.#parts.remarkOn(record.id, entry.record.id),
    });
  }

  /** The layers of a device's configurations, after flap damping. */
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
   * Whether this record, which may be outdated, needs a new document: a hint for the worker, which decides over the
   * newest record. Rollouts schedule what time alone changes.
   */
  isDue(record: DeviceRecord, matches = this.#matchesWithSuppression(record)): boolean {
    return !isBroughtAlong(record, this.#resolutions.of(record, layersOf(matches, record.admissions)));
  }

  /** As `isDue`, for a device seen for the first time. */
  onFirstSeen(record: DeviceRecord): boolean {
    const matches = this.#matches(record);
    this.#parts.rollouts.onReconciled(record, matches);
    this.#parts.rollouts.reschedule(record);
    return this.isDue(record, matches);
  }

  /**
   * Decides inside the update of the registry, over the newest record. Call `reconciled` once the outcome is on disk.
   */
  reconcile(id: string): Awaitable<Committed<DesiredOutcome<DeviceEffect>>> {
    const { registry, rollouts } = this.#parts;
    const isPlain = !rollouts.isAny && this.#damper === undefined;
    return registry.devices.setDesired(RECONCILER, id, isPlain ? this.#planPlain : this.#planRolled);
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
        // A written record was already announced, and is newer than this one.
        if (!isChanged) this.#parts.rollouts.reschedule(record);
        this.#damper?.onReconciled(record.id, damped);
        return false;
      }
      default:
        return assertNever(effect);
    }
  }

  /** The device was deleted. */
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
