import type { Admission, ConfigurationAssignment, DeviceRecord } from '@muster/registry';
import { type Cancel, durationText, type SteadyClock } from '@muster/twin';
import {
  admissionTo,
  type CachedConfiguration,
  type ConfigurationCache,
  layersOf,
  type Match,
} from '../cache/configuration-cache.js';
import { commonContent } from '../fleet/affected.js';
import type { SuppressedMatch } from '../resolve/device-explanation.js';
import { isAdmitted } from '../rollout/admission/layer-of.js';
import { DueTimes } from '../workqueue/due-times.js';
import type { Signals } from '../workqueue/signals.js';
import { type FlapBound, type Flaps, nextFlaps, type Suppression } from './flap-damping.js';

/** About 20 MB. A configuration for the whole fleet passes every device through it once. */
const REMEMBERED_MAX = 50_000;
/** Entries examined at most to evict one. */
const EVICTION_TRIES_MAX = 16;

interface FlapDamperParts extends Pick<Signals, 'wake'> {
  readonly bound: FlapBound;
  readonly clock: SteadyClock;
  readonly cache: Pick<ConfigurationCache, 'get'>;
  /** Entries kept at most, one for each device and configuration; the oldest go first. */
  readonly rememberedMax?: number;
}

/** What a device would have without damping. */
export interface IntendedLayers {
  readonly matches: readonly Match[];
  /** Undefined: the stored ones. */
  readonly admissions?: readonly Admission[] | undefined;
}

/** Changes of a device in one configuration, for one content of it. */
interface Remembered {
  readonly contentKey: string;
  readonly flaps: Flaps;
}

type Memory = ReadonlyMap<string, Remembered>;

/** The damped matches of a device. `memory` is kept only once the decision is on disk. */
export interface Damped {
  readonly matches: readonly Match[];
  readonly memory: Memory;
}

/**
 * Holds devices that enter and leave a configuration too often where they are. Its state is bounded and in memory only:
 * recent changes, for the current generation.
 */
export class FlapDamper {
  readonly #parts: FlapDamperParts;
  /** By device, least recently changed first. */
  readonly #devices = new Map<string, Memory>();
  readonly #dues = new DueTimes();
  #timer: { readonly atMs: number; readonly cancel: Cancel } | undefined;
  #isStopped = false;
  #remembered = 0;
  #held = 0;
  #holds = 0;

  constructor(parts: FlapDamperParts) {
    this.#parts = parts;
  }

  /** `held` counts current holds, `holds` all so far; each is a device in one configuration. */
  get counters(): { readonly held: number; readonly holds: number } {
    return { held: this.#held, holds: this.#holds };
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** The device's matches, overridden for every configuration it is held in or out of. */
  withSuppression(record: DeviceRecord, matches: readonly Match[]): readonly Match[] {
    const memory = this.#devices.get(record.id);
    return memory ? this.#applySuppression(record, matches, memory) : matches;
  }

  /** Devices that are held in a configuration. */
  *suppressedIn(entry: CachedConfiguration): Iterable<string> {
    for (const device of this.#devices.keys()) {
      if (this.#suppressionOf(device, entry)?.isIn) yield device;
    }
  }

  /** How a device is held; undefined: it is not. */
  suppressionOf(record: DeviceRecord, entry: CachedConfiguration): SuppressedMatch | undefined {
    const held = this.#suppressionOf(record.id, entry);
    if (!held) return undefined;
    const { isIn } = held;
    const match = isIn ? suppressedMatch(record, entry) : { entry, current: false, stable: false };
    const { changesMax, withinMs } = this.#parts.bound;
    const [place, within] = [isIn ? 'in' : 'out', durationText(withinMs)];
    const detail = `it entered and left ${changesMax} times within ${within}: it stays ${place} until its match is quiet for ${within}`;
    return { match, detail };
  }

  /** Applies damping to the intended layers. Undefined: no damping, nothing to remember. */
  damp(record: DeviceRecord, outcome: IntendedLayers): Damped | undefined {
    const before = this.#devices.get(record.id);
    const [is, would] = [presence(record), presence(layered(record, outcome))];
    const ids = new Set([...is, ...would, ...(before?.keys() ?? [])]);
    const memory = new Map<string, Remembered>();
    for (const id of ids) {
      const entry = this.#parts.cache.get(id);
      if (!entry) continue;
      const contentKey = contentKeyOf(entry);
      const known = before?.get(id);
      const flaps = nextFlaps(
        known?.contentKey === contentKey ? known.flaps : undefined,
        { isIn: is.has(id), wouldBeIn: would.has(id) },
        this.#parts.bound,
        this.#parts.clock.elapsed(),
      );
      if (flaps) memory.set(id, known?.flaps === flaps ? known : { contentKey: contentKey, flaps });
    }
    if (memory.size === 0 && !before) return undefined;
    return { memory, matches: this.#applySuppression(record, outcome.matches, memory) };
  }

  /** The decision is on disk: keeps its memory. */
  onReconciled(device: string, damped: Damped | undefined): void {
    if (!damped) return;
    const before = this.#devices.get(device);
    this.forget(device);
    this.#forgetOld();
    if (damped.memory.size === 0) return;
    if (!this.#makeRoom(damped.memory.size)) {
      // Without memory the device is not held.
      if (isAnySuppressed(damped.memory)) this.#parts.wake(device);
      return;
    }
    this.#devices.set(device, damped.memory);
    this.#remembered += damped.memory.size;
    for (const [id, { flaps }] of damped.memory) {
      if (flaps.suppression) this.#hold(device, flaps.suppression, before?.get(id)?.flaps.suppression);
    }
  }

  /** The device was deleted, or has nothing to remember. */
  forget(device: string): void {
    const memory = this.#devices.get(device);
    if (!memory) return;
    this.#devices.delete(device);
    this.#remembered -= memory.size;
    this.#held -= [...memory.values()].filter(({ flaps }) => flaps.suppression).length;
  }

  #suppressionOf(device: string, entry: CachedConfiguration): Suppression | undefined {
    const remembered = this.#devices.get(device)?.get(entry.record.id);
    return remembered?.contentKey === contentKeyOf(entry) ? remembered.flaps.suppression : undefined;
  }

  #applySuppression(record: DeviceRecord, matches: readonly Match[], memory: Memory): readonly Match[] {
    let damped = matches;
    for (const [id, { contentKey, flaps }] of memory) {
      const entry = flaps.suppression && this.#parts.cache.get(id);
      if (!flaps.suppression || !entry || contentKeyOf(entry) !== contentKey) continue;
      damped = damped.filter((match) => match.entry.record.id !== id);
      if (flaps.suppression.isIn) damped = [...damped, suppressedMatch(record, entry)];
    }
    if (damped === matches) return matches;
    return [...damped].sort((left, right) => left.entry.record.created - right.entry.record.created);
  }

  /** Evicts devices whose changes are too old to count. Held devices are released when they are due. */
  #forgetOld(): void {
    const { bound, clock } = this.#parts;
    const oldestMs = clock.elapsed() - bound.withinMs;
    for (const [device, memory] of this.#devices) {
      const isOld = [...memory.values()].every(
        ({ flaps }) => !flaps.suppression && (flaps.changedAtMs.at(-1) ?? 0) <= oldestMs,
      );
      if (!isOld) return;
      this.forget(device);
    }
  }

  /** Evicts the least recently changed devices that are not held; returns whether there is room. */
  #makeRoom(count: number): boolean {
    const { rememberedMax = REMEMBERED_MAX } = this.#parts;
    let tries = 0;
    for (const [device, memory] of this.#devices) {
      if (this.#remembered + count <= rememberedMax || tries === EVICTION_TRIES_MAX) break;
      tries += 1;
      if (!isAnySuppressed(memory)) {
        this.forget(device);
      } else {
        this.#devices.delete(device);
        this.#devices.set(device, memory);
      }
    }
    return this.#remembered + count <= rememberedMax;
  }

  #hold(device: string, held: Suppression, before: Suppression | undefined): void {
    this.#held += 1;
    if (!before) this.#holds += 1;
    if (held === before) return;
    this.#dues.add(device, held.quietSinceMs + this.#parts.bound.withinMs);
    this.#arm();
  }

  #arm(): void {
    const { clock, wake } = this.#parts;
    const atMs = this.#dues.nextAtMs;
    if (this.#isStopped || atMs === undefined || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.cancel();
    const cancel = clock.after(Math.max(0, atMs - clock.elapsed()), () => {
      this.#timer = undefined;
      for (const device of this.#dues.take(clock.elapsed())) wake(device);
      this.#arm();
    });
    this.#timer = { atMs, cancel };
  }
}

/** Changes whenever the configuration changes for devices; earlier flaps then no longer count. */
function contentKeyOf(entry: CachedConfiguration): string {
  const { created, generation, enabled } = entry.record;
  return `${created} ${generation} ${enabled} ${commonContent(entry)?.layer.generation ?? ''}`;
}

/** The match of a device that has the configuration: during a rollout, of the generation it was admitted to. */
function suppressedMatch(record: DeviceRecord, entry: CachedConfiguration): Match {
  const isCurrent = commonContent(entry) === entry || isAdmitted(admissionTo(entry, record.admissions));
  return { entry, current: isCurrent, stable: entry.stable !== undefined };
}

function isAnySuppressed(memory: Memory): boolean {
  return [...memory.values()].some(({ flaps }) => flaps.suppression);
}

interface Layered {
  readonly configurations: readonly Pick<ConfigurationAssignment, 'id'>[];
  readonly admissions?: readonly Admission[] | undefined;
}

function layered(record: DeviceRecord, { matches, admissions = record.admissions }: IntendedLayers): Layered {
  return { configurations: layersOf(matches, admissions), admissions };
}

/** The configurations that a device is in: its layers, and those it was admitted to. */
function presence({ configurations, admissions = [] }: Layered): Set<string> {
  return new Set([...configurations, ...admissions.filter(isAdmitted)].map(({ id }) => id));
}
