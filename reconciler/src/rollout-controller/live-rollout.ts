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

/** The zone of all devices if one clock decides, and of devices whose zone is not known. */
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

/** A rollout in progress: its progress, the waiting and granted devices, and the results of admitted ones. */
export class LiveRollout {
  readonly counts: RolloutCounts;
  /** Matching devices that are not admitted. */
  #waiting: WaitingDevices;
  /** Granted devices, until their admission is on disk or is given up. */
  readonly #granted = new Set<string>();
  #isCounted = false;
  #gathering = 0;
  /** Devices that were reconciled since gathering began; what gathering read of them is outdated. */
  #reconciled: Set<string> | undefined;
  #step: RolloutStep | undefined;
  /** Elapsed time of the last advance and of the last write. */
  #advancedAtMs: number | undefined;
  #storedAtMs = 0;
  /** The state of the window by zone, until it changes. */
  readonly #windows = new Map<string, { readonly since: number; readonly state: WindowState }>();
  /** Elapsed times: when the first device was granted, and when none was left. */
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

  /** Whether an admission is not on disk yet. */
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

  /** Whether matching devices that are not admitted wait for this rollout. */
  get isGathering(): boolean {
    const { state } = this.#progress;
    return this.#rollout.enabled && state !== 'complete' && state !== 'rolledBack';
  }

  /** Whether every match waits and no record needs to be read: none is admitted and one clock decides. */
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

  /** Whether the device takes part by these admissions. */
  isIn(admissions: DeviceRecord['admissions']): boolean {
    return isAdmitted(admissions?.find((one) => isOfRollout(one, this.#rollout)));
  }

  /** Whether an entry has the same content, so that admitted devices stay admitted. */
  isOf({ rollout }: CachedConfiguration): boolean {
    return rollout?.created === this.#rollout.created && rollout.key === this.#rollout.key;
  }

  /**
   * Takes over a newer record, written by the rollout or by an operator; ignores an older one. Returns whether waiting
   * devices have to be gathered again: other clocks decide for them, or they were not kept.
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

  /** Time since the last advance, and the part that refills the rate limiter, without time with granted devices. */
  elapsedSince(nowMs: number): { elapsedMs: number; refillMs: number } {
    const advancedAtMs = this.#advancedAtMs ?? nowMs;
    const lateFromMs = Math.max(advancedAtMs, this.#grantedAtMs + LATE_MS_MAX);
    const lateUntilMs = this.#granted.size > 0 ? nowMs : this.#clearedAtMs;
    const elapsedMs = nowMs - advancedAtMs;
    return { elapsedMs, refillMs: elapsedMs - Math.max(0, lateUntilMs - lateFromMs) };
  }

  /** Keeps the last decision. */
  decided(step: RolloutStep): void {
    this.#step = step;
  }

  /** Records that the rollout was advanced at this elapsed time. */
  advancedAt(atMs: number): void {
    this.#advancedAtMs = atMs;
  }

  /** Takes over progress that the rollout made, before it is stored. */
  advanceTo(progress: RolloutProgress): void {
    this.#progress = progress;
    this.#rollout = { ...this.#rollout, state: progress.state, phase: progress.phase };
  }

  /** Takes over the record that the rollout stored, unless another writer has written since. */
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

  /** Takes over whether a reconciled device matches and is admitted. Returns whether anything changed. */
  onReconciled(record: DeviceRecord, matches: boolean, isAdmitted: boolean): boolean {
    this.#reconciled?.add(record.id);
    const wasGranted = this.#clear(record.id);
    const isWaiting = matches && !isAdmitted && this.isGathering;
    return (isWaiting ? this.wait(record.id, this.zoneOf(record)) : this.leave(record.id)) || wasGranted;
  }

  /** The admission is on disk: from this step on the device is counted as admitted, and as nothing else. */
  admitted(id: string): boolean {
    this.#reconciled?.add(id);
    const wasGranted = this.#clear(id);
    return this.leave(id) || wasGranted;
  }

  wait(id: string, zone: string): boolean {
    const number = this.isGathering ? this.#parts.numberOf(id) : undefined;
    return number !== undefined && !this.#granted.has(id) && this.#waiting.add(number, id, zone);
  }

  /** Used if one clock decides for all devices. */
  waitAnywhere(id: string): boolean {
    return this.wait(id, ANY_ZONE);
  }

  leave(id: string): boolean {
    const number = this.#parts.numberOf(id);
    return number !== undefined && this.#waiting.remove(number, id);
  }

  /** Called before the number is given to another device. */
  forget(id: string): boolean {
    const wasGranted = this.#clear(id);
    return this.leave(id) || wasGranted;
  }

  /** Grants at most `count` waiting devices, in order. */
  grant(count: number, now: number): string[] {
    const taken = this.#waiting.take(count, (zone) => this.#isOpen(zone, now));
    const ids = taken.map((number) => this.#parts.idOf(number));
    if (this.#granted.size === 0) this.#grantedAtMs = this.#advancedAtMs ?? this.#parts.elapsed();
    for (const id of ids) this.#granted.add(id);
    return ids;
  }

  /** Number of waiting devices whose zones are open. */
  openSize(now: number): number {
    return this.#waiting
      .zones()
      .reduce((sum, zone) => sum + (this.#isOpen(zone, now) ? this.#waiting.sizeIn(zone) : 0), 0);
  }

  /** When a zone with waiting devices opens. */
  opensAt(now: number): number | undefined {
    const times = this.#waiting
      .zones()
      .flatMap((zone) => this.#windowIn(zone, now) ?? [])
      .flatMap(({ isOpen, changesAt }) => (isOpen ? [] : [changesAt]));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Number of devices that can never be admitted, because their time zone is not known. */
  get zoneless(): number {
    return this.#waiting.sizeIn(NO_ZONE);
  }

  zoneOf({ tags }: DeviceRecord): string {
    const timezone = this.policy.window?.timezone;
    if (timezone?.kind !== 'tag') return ANY_ZONE;
    const zone = timezoneOf(timezone, tags, this.#timezones);
    if (!zone.isKnown) return NO_ZONE;
    // The first look-up of a zone takes milliseconds, so zones are looked up device by device.
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

  /** Puts granted but unwritten devices back into the queue. Their zone is set when each is reconciled. */
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

  /** Undefined if no window decides. Cached: it is asked at every tick for hundreds of zones, and rarely changes. */
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

/** The tag that names the zone of each device; empty if one clock decides for all. */
function zonesOf({ window }: RolloutPolicy): string {
  return window?.timezone.kind === 'tag' ? JSON.stringify(window.timezone.path) : '';
}

function windowText({ window }: RolloutPolicy): string {
  return JSON.stringify(window ?? null);
}

/** A writer knows only the elapsed time that was stored last. */
function withElapsed(written: RolloutProgress, known: RolloutProgress): RolloutProgress {
  const isSamePhase = written.key === known.key && written.phase === known.phase;
  if (!isSamePhase || written.reachedForMs === undefined || known.reachedForMs === undefined) return written;
  return { ...written, reachedForMs: Math.max(written.reachedForMs, known.reachedForMs) };
}
