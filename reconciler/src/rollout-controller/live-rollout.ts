import type { ConfigurationRecord, DeviceRecord, RolloutProgress } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import type { CachedConfiguration } from '../cache/configuration-cache.js';
import { admissionOrder } from '../rollout/admission/admission-order.js';
import { type AdmittingRollout, isOfRollout } from '../rollout/admission/admit.js';
import { isAdmitted } from '../rollout/admission/layer-of.js';
import { type RolloutFacts, type RolloutStep, restoreRollout } from '../rollout/advance-rollout.js';
import { LATE_MS_MAX } from '../rollout/schedule/allowance.js';
import { type KnownTimezones, timezoneOf } from '../rollout/schedule/timezone-of.js';
import { type WindowState, windowAt } from '../rollout/schedule/window.js';
import { isOver } from '../rollout/transition.js';
import { RolloutCounts } from './rollout-counts.js';
import { WaitingDevices } from './waiting-devices.js';

/** The zone of all where one clock decides, and of those whose clock is not known. */
const ANY_ZONE = '';
const NO_ZONE = '?';

interface LiveRolloutParts {
  readonly entry: CachedConfiguration;
  readonly rollout: AdmittingRollout;
  readonly progress: RolloutProgress;
  readonly timezones: KnownTimezones;
  readonly numberOf: (id: string) => number | undefined;
  readonly idOf: (number: number) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly elapsed: () => number;
}

/** One rollout as it goes on: how far it has come, who waits, who was let in, and what became of them. */
export class LiveRollout {
  readonly counts: RolloutCounts;
  /** Matching devices that are not admitted. */
  #waiting: WaitingDevices;
  /** Devices whose turn it is, until their admission is on disk or they are not to be admitted after all. */
  readonly #granted = new Set<string>();
  #isCounted = false;
  #gathering = 0;
  /** Devices that were reconciled since gathering began: what it finds of them is outdated. */
  #reconciled: Set<string> | undefined;
  #step: RolloutStep | undefined;
  /** Elapsed time of the last advance and of the last write. */
  #advancedAtMs: number | undefined;
  #storedAtMs = 0;
  /** By zone, as they were found at some moment, until they change. */
  readonly #windows = new Map<string, { readonly since: number; readonly state: WindowState }>();
  /** Elapsed time: when it became the turn of the first of them, and when nobody was left of them. */
  #grantedAtMs = 0;
  #clearedAtMs = 0;
  readonly #timezones: KnownTimezones;
  readonly #parts: LiveRolloutParts;
  #record: ConfigurationRecord;
  #rollout: AdmittingRollout;
  #progress: RolloutProgress;

  constructor(parts: LiveRolloutParts) {
    const { entry, rollout, progress, timezones } = parts;
    this.#parts = parts;
    this.#record = entry.record;
    this.#rollout = rollout;
    this.#progress = restoreRollout(progress);
    this.#timezones = timezones;
    const { id, created, key } = rollout;
    this.counts = new RolloutCounts({ id, created, key, contentGeneration: entry.layer.contentGeneration });
    this.#waiting = this.#nobody();
  }

  /** Whether all matching devices are known. */
  get isCounted(): boolean {
    return this.#isCounted;
  }

  /** Incremented each time the waiting devices are gathered again. */
  get gathering(): number {
    return this.#gathering;
  }

  /** Whether the device was reconciled since gathering began. */
  isReconciledMeanwhile(device: string): boolean {
    return this.#reconciled?.has(device) ?? false;
  }

  /** Whether admissions of devices are not on disk yet. */
  get isGranting(): boolean {
    return this.#granted.size > 0;
  }

  /** The last decision. */
  get step(): RolloutStep | undefined {
    return this.#step;
  }

  get advancedAtMs(): number | undefined {
    return this.#advancedAtMs;
  }

  get storedAtMs(): number {
    return this.#storedAtMs;
  }

  /** Matching devices are gathered from scratch. */
  beginGathering(): void {
    this.#isCounted = false;
    this.#gathering += 1;
    this.#reconciled = new Set();
    this.#waiting = this.#nobody();
  }

  endGathering(): void {
    this.#isCounted = true;
    this.#reconciled = undefined;
  }

  get id(): string {
    return this.#rollout.id;
  }

  get record(): ConfigurationRecord {
    return this.#record;
  }

  get progress(): RolloutProgress {
    return this.#progress;
  }

  get policy(): RolloutPolicy {
    return this.#rollout.policy;
  }

  get isOver(): boolean {
    return isOver(this.#progress.state);
  }

  /** Whether those who match and are not admitted wait for something. */
  get isGathering(): boolean {
    const { state } = this.#progress;
    return this.#rollout.enabled && state !== 'complete' && state !== 'rolledBack';
  }

  /** Whether whoever matches waits, and nothing of the record says how. */
  get isFresh(): boolean {
    return this.counts.sum.admitted === 0 && zonesOf(this.policy) === '';
  }

  get facts(): RolloutFacts {
    const { admitted, applied, failed } = this.counts.sum;
    return {
      generation: this.#record.generation,
      matching: this.#waiting.size + this.#granted.size + admitted,
      admitted,
      granted: this.#granted.size,
      applied,
      failed,
    };
  }

  /** Whether these admissions have the device take part. */
  isIn(admissions: DeviceRecord['admissions']): boolean {
    return isAdmitted(admissions?.find((one) => isOfRollout(one, this.#rollout)));
  }

  /** Whether an entry is of the same content, so that whoever is admitted stays so. */
  isOf({ rollout }: CachedConfiguration): boolean {
    return rollout?.created === this.#rollout.created && rollout.key === this.#rollout.key;
  }

  /**
   * It was written, by itself or by an operator. What is older than what is known already is no news. Answers whether
   * those who wait have to be gathered anew, for other clocks decide for them, or they were not kept.
   */
  onChange(record: ConfigurationRecord, rollout: AdmittingRollout, progress: RolloutProgress): boolean {
    if (!isNewer(record, this.#record)) return false;
    const wasGathering = this.isGathering;
    const isOtherZones = zonesOf(rollout.policy) !== zonesOf(this.policy);
    this.#record = record;
    if (windowText(rollout.policy) !== windowText(this.policy)) this.#windows.clear();
    this.#progress = withElapsed(progress, this.#progress);
    this.#rollout = { ...rollout, state: progress.state, phase: progress.phase };
    if (!isAdmitting(progress)) this.#rest();
    return this.isGathering && (isOtherZones || !wasGathering);
  }

  /** Elapsed time since it was advanced last, and how much of it the rate refills for: not while somebody is let in late. */
  elapsedSince(nowMs: number): { elapsedMs: number; refillMs: number } {
    const advancedAtMs = this.#advancedAtMs ?? nowMs;
    const lateFromMs = Math.max(advancedAtMs, this.#grantedAtMs + LATE_MS_MAX);
    const lateUntilMs = this.#granted.size > 0 ? nowMs : this.#clearedAtMs;
    const elapsedMs = nowMs - advancedAtMs;
    return { elapsedMs, refillMs: elapsedMs - Math.max(0, lateUntilMs - lateFromMs) };
  }

  /** Keeps the decision that was made last. */
  decided(step: RolloutStep): void {
    this.#step = step;
  }

  /** It was advanced at this elapsed time. */
  advancedAt(atMs: number): void {
    this.#advancedAtMs = atMs;
  }

  /** By itself, before it is stored. */
  advanceTo(progress: RolloutProgress): void {
    this.#progress = progress;
    this.#rollout = { ...this.#rollout, state: progress.state, phase: progress.phase };
  }

  /** As it was stored by itself, unless somebody else has written it since. */
  stored(record: ConfigurationRecord, atMs: number): void {
    this.#storedAtMs = atMs;
    if (!record.progress || !isNewer(record, this.#record)) return;
    this.#record = record;
    this.advanceTo(record.progress);
    if (!isAdmitting(record.progress)) this.#rest();
  }

  /** The rollout that admits this device now. */
  granting(device: string): AdmittingRollout | undefined {
    return this.#granted.has(device) ? this.#rollout : undefined;
  }

  /** The device was looked at: whether it matches, and whether it is admitted. Answers whether anything is another. */
  onReconciled(record: DeviceRecord, matches: boolean, isAdmitted: boolean): boolean {
    this.#reconciled?.add(record.id);
    const wasGranted = this.#clear(record.id);
    const isWaiting = matches && !isAdmitted && this.isGathering;
    return (isWaiting ? this.wait(record.id, this.zoneOf(record)) : this.leave(record.id)) || wasGranted;
  }

  /** Its admission came to disk: it is counted as admitted from this step on, and as nothing else. */
  admitted(id: string): boolean {
    this.#reconciled?.add(id);
    const wasGranted = this.#clear(id);
    return this.leave(id) || wasGranted;
  }

  wait(id: string, zone: string): boolean {
    const number = this.isGathering ? this.#parts.numberOf(id) : undefined;
    return number !== undefined && !this.#granted.has(id) && this.#waiting.add(number, id, zone);
  }

  /** Where one clock decides for all. */
  waitAnywhere(id: string): boolean {
    return this.wait(id, ANY_ZONE);
  }

  leave(id: string): boolean {
    const number = this.#parts.numberOf(id);
    return number !== undefined && this.#waiting.remove(number, id);
  }

  /** Before its number is given to another device. */
  forget(id: string): boolean {
    const wasGranted = this.#clear(id);
    return this.leave(id) || wasGranted;
  }

  /** Lets in up to so many, in order. */
  grant(count: number, now: number): string[] {
    const taken = this.#waiting.take(count, (zone) => this.#isOpen(zone, now));
    const ids = taken.map((number) => this.#parts.idOf(number));
    if (this.#granted.size === 0) this.#grantedAtMs = this.#advancedAtMs ?? this.#parts.elapsed();
    for (const id of ids) this.#granted.add(id);
    return ids;
  }

  /** How many wait whose zones are open. */
  openSize(now: number): number {
    return this.#waiting
      .zones()
      .reduce((sum, zone) => sum + (this.#isOpen(zone, now) ? this.#waiting.sizeIn(zone) : 0), 0);
  }

  /** When a zone in which somebody waits opens. */
  opensAt(now: number): number | undefined {
    const times = this.#waiting
      .zones()
      .flatMap((zone) => this.#windowIn(zone, now) ?? [])
      .flatMap(({ isOpen, changesAt }) => (isOpen ? [] : [changesAt]));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** How many can never be let in, for their time zone is not known. */
  get zoneless(): number {
    return this.#waiting.sizeIn(NO_ZONE);
  }

  zoneOf({ tags }: DeviceRecord): string {
    const timezone = this.policy.window?.timezone;
    if (timezone?.kind !== 'tag') return ANY_ZONE;
    const zone = timezoneOf(timezone, tags, this.#timezones);
    if (!zone.isKnown) return NO_ZONE;
    // To ask of a zone for the first time takes milliseconds: so it is done device by device.
    this.#windowIn(zone.zone, this.#parts.now());
    return zone.zone;
  }

  #nobody(): WaitingDevices {
    const { id, key } = this.#rollout;
    return new WaitingDevices({ orderOf: admissionOrder(id, key), idOf: this.#parts.idOf });
  }

  #clear(device: string): boolean {
    const wasGranted = this.#granted.delete(device);
    if (wasGranted && this.#granted.size === 0) this.#clearedAtMs = this.#parts.elapsed();
    return wasGranted;
  }

  /** Whose turn it was waits again; in which zone is said when the device is looked at, which it is to be. */
  #rest(): void {
    const granted = [...this.#granted];
    this.#granted.clear();
    if (!this.isGathering) {
      this.#waiting = this.#nobody();
      return;
    }
    for (const id of granted) this.wait(id, zonesOf(this.policy) === '' ? ANY_ZONE : NO_ZONE);
  }

  #isOpen(zone: string, now: number): boolean {
    return this.#windowIn(zone, now)?.isOpen ?? zone !== NO_ZONE;
  }

  /** Undefined where no window decides. It is asked at every tick, for hundreds of zones, and is seldom another. */
  #windowIn(zone: string, now: number): WindowState | undefined {
    const { window } = this.policy;
    if (zone === ANY_ZONE || zone === NO_ZONE || !window) return undefined;
    const known = this.#windows.get(zone);
    if (known && known.since <= now && now < known.state.changesAt) return known.state;
    const state = windowAt(window, now, zone);
    this.#windows.set(zone, { since: now, state });
    return state;
  }
}

export function isNewer(
  record: Pick<ConfigurationRecord, 'revision' | 'progressRevision'>,
  than: Pick<ConfigurationRecord, 'revision' | 'progressRevision'>,
): boolean {
  return record.revision + record.progressRevision > than.revision + than.progressRevision;
}

function isAdmitting({ state }: RolloutProgress): boolean {
  return state === 'waiting' || state === 'running';
}

/** The tag that names the zone of each device; empty where one clock decides for all. */
function zonesOf({ window }: RolloutPolicy): string {
  return window?.timezone.kind === 'tag' ? JSON.stringify(window.timezone.path) : '';
}

function windowText({ window }: RolloutPolicy): string {
  return JSON.stringify(window ?? null);
}

/** Who writes knows of the time that passed only what was stored last. */
function withElapsed(written: RolloutProgress, known: RolloutProgress): RolloutProgress {
  const isSamePhase = written.key === known.key && written.phase === known.phase;
  if (!isSamePhase || written.reachedForMs === undefined || known.reachedForMs === undefined) return written;
  return { ...written, reachedForMs: Math.max(written.reachedForMs, known.reachedForMs) };
}
