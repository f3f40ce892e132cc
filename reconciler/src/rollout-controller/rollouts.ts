import type { RolloutView } from '@muster/api';
import {
  type ConfigurationRecord,
  type DeviceEntry,
  type DeviceRecord,
  isLive,
  type Registry,
  type RolloutProgress,
} from '@muster/registry';
import type { Cancel, Log, SteadyClock } from '@muster/twin';
import type { CachedConfiguration, Match } from '../cache/configuration-cache.js';
import type { Fleet } from '../fleet/fleet.js';
import type { AdmittingRollout } from '../rollout/admission/admit.js';
import { KnownTimezones } from '../rollout/schedule/timezone-of.js';
import { CoalescingJob } from '../workqueue/coalescing-job.js';
import { RETRY_AFTER_MS } from '../workqueue/retries.js';
import type { Signals } from '../workqueue/signals.js';
import { Advancer } from './advancer.js';
import { AttemptTimes } from './attempt-times.js';
import { type EvaluationContext, isAnyAnswered } from './device-admissions.js';
import { gatherWaiting } from './gather-waiting.js';
import { isNewer, LiveRollout } from './live-rollout.js';
import { rolloutView } from './rollout-view.js';

/** How often rollouts are checked for time alone, and how soon after an event. */
const TICK_MS = 1_000;
const SOON_MS = 20;
interface RolloutsParts extends Signals {
  readonly registry: Registry;
  readonly clock: SteadyClock;
  readonly log: Log;
  readonly fleet: Fleet;
  readonly entryOf: (configuration: string) => CachedConfiguration | undefined;
  readonly matchedOf: (record: ConfigurationRecord) => number;
  /** Number of devices by generation of a configuration, the newest first. */
  readonly generationsOf: (record: ConfigurationRecord) => RolloutView['generations'];
}

/**
 * Admits devices to rollouts as time passes and devices report. Progress is stored before any device is admitted by it.
 * Granted devices are reconciled by the worker like any other device.
 */
export class Rollouts {
  readonly #parts: RolloutsParts;
  readonly #live = new Map<string, LiveRollout>();
  /** Rollouts that may still admit devices. */
  readonly #open = new Set<LiveRollout>();
  /** Rollouts with an event since they were last advanced. */
  readonly #dirty = new Set<LiveRollout>();
  readonly #timezones = new KnownTimezones();
  readonly #times: AttemptTimes;
  readonly #gatherings: CoalescingJob<LiveRollout>;
  readonly #advancer: Advancer;
  #state: 'unread' | 'reading' | 'started' = 'unread';
  /** Rollouts that began, or changed their zones, after the first device was read. */
  readonly #begunWhileReading = new Set<LiveRollout>();
  #isStopped = false;
  #ticking: Promise<void> | undefined;
  #isAgain = false;
  /** Elapsed time of the last check for time alone. */
  #tickedAtMs = Number.NEGATIVE_INFINITY;
  #timer: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(parts: RolloutsParts) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#times = new AttemptTimes({
      ...{ clock, entryOf: parts.entryOf },
      granting: (configuration, device) => this.#live.get(configuration)?.granting(device),
      planned: (inMs) => this.#soon(Math.min(inMs + TICK_MS, TICK_MS)),
    });
    this.#gatherings = new CoalescingJob({ clock, log, run: (due) => this.#gatherAll(due) });
    this.#advancer = new Advancer({
      ...parts,
      isOver: (live) => this.#isStopped || this.#live.get(live.id) !== live,
      stored: (live) => this.#updateOpenSet(live),
    });
  }

  get isIdle(): boolean {
    return this.#gatherings.isIdle && this.#ticking === undefined;
  }

  /** Whether any configuration has, or had, a rollout. */
  get isAny(): boolean {
    return this.#live.size > 0;
  }

  get(configuration: string): LiveRollout | undefined {
    return this.#live.get(configuration);
  }

  async idle(): Promise<void> {
    await this.#gatherings.idle();
    await this.#ticking;
  }

  /** Every stored rollout is known. From now on devices are counted when they are read. */
  beginReading(): void {
    this.#state = 'reading';
  }

  /** Everything stored is known. */
  start(): void {
    this.#state = 'started';
    for (const live of this.#live.values()) {
      if (this.#begunWhileReading.has(live)) this.#gather(live);
      else live.endGathering();
    }
    this.#begunWhileReading.clear();
    this.#soon(SOON_MS);
  }

  /** Stores the time that elapsed since the last write. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await Promise.all([this.#gatherings.stop(), this.#ticking]);
    if (this.#state !== 'started') return;
    for (const live of this.#live.values()) {
      if (!live.isOver && live.progress.reachedForMs !== undefined)
        await this.#advancer.storeElapsed(live).catch(() => {});
    }
  }

  /** The cache has the new configuration, or no longer has it. */
  onChange(id: string): void {
    const entry = this.#parts.entryOf(id);
    const known = this.#live.get(id);
    const progress = entry?.record.progress;
    if (!entry?.rollout || !progress) this.#drop(known);
    else if (!known?.isOf(entry)) this.#begin(entry, entry.rollout, progress);
    else {
      if (known.onChange(entry.record, entry.rollout, progress)) this.#gather(known);
      // Nothing else wakes devices that are backing off, or that from now on keep a failed generation.
      for (const device of known.counts.notHolding) this.#parts.wake(device);
      this.#markDirty(known);
    }
  }

  #begin(entry: CachedConfiguration, rollout: AdmittingRollout, progress: RolloutProgress): void {
    this.#drop(this.#live.get(rollout.id));
    const { fleet } = this.#parts;
    const live = new LiveRollout({
      ...{ entry, rollout, progress, timezones: this.#timezones },
      numberOf: (device) => fleet.numberOf(device),
      idOf: (number) => fleet.idOf(number),
      now: () => this.#parts.clock.now(),
      elapsed: () => this.#parts.clock.elapsed(),
    });
    this.#live.set(rollout.id, live);
    this.#gather(live);
    this.#markDirty(live);
  }

  #drop(live: LiveRollout | undefined): void {
    if (!live) return;
    this.#live.delete(live.id);
    this.#open.delete(live);
    this.#dirty.delete(live);
  }

  /** Schedules a check soon. */
  #markDirty(live: LiveRollout): void {
    this.#updateOpenSet(live);
    this.#dirty.add(live);
    this.#soon(SOON_MS);
  }

  #updateOpenSet(live: LiveRollout): void {
    if (live.isGathering || live.isGranting) this.#open.add(live);
    else this.#open.delete(live);
  }

  /** Called for every write of a device, in the step in which it is on disk. */
  onDeviceChange(before: DeviceEntry | undefined, after: DeviceEntry): void {
    if (this.#live.size === 0) return;
    if (!isLive(after)) {
      this.forget(after.id);
      if (isLive(before)) this.#times.forget(before);
    }
    const had = isLive(before) ? before.admissions : undefined;
    const has = isLive(after) ? after.admissions : undefined;
    if (had === undefined && has === undefined) return;
    for (const id of new Set([...(had ?? []), ...(has ?? [])].map((one) => one.id))) {
      const live = this.#live.get(id);
      if (!live) continue;
      const isCounted = live.counts.change(before, after);
      const isAdmitted = live.isIn(has) && live.admitted(after.id);
      if (isCounted) this.#parts.statusChanged(id);
      if (isCounted || isAdmitted) this.#markDirty(live);
    }
    if (!isLive(after)) return;
    this.#times.onChange(isLive(before) ? before : undefined, after);
    const isNews = isLive(before) && isToBeJudged(before, after);
    if (isNews || isAnyAnswered(after, this.#parts)) this.#parts.wake(after.id);
  }

  /** Undefined if no rollout affects any device. */
  contextOf(device: string): EvaluationContext | undefined {
    return this.#live.size === 0 ? undefined : this.#times.contextOf(device);
  }

  /** The device was reconciled with these admissions. */
  onReconciled(record: DeviceRecord, matches: readonly Match[], admissions = record.admissions): void {
    for (const live of this.#open) {
      if (live.onReconciled(record, isMatching(live, matches), live.isIn(admissions))) this.#markDirty(live);
    }
  }

  /** There is no such device. */
  forget(device: string): void {
    for (const live of this.#open) if (live.forget(device)) this.#markDirty(live);
  }

  /** The view of a rollout whose newest record was just read. */
  async view(record: ConfigurationRecord): Promise<RolloutView | undefined> {
    if (!record.progress) return undefined;
    const live = this.#live.get(record.id);
    const isSame = live?.progress.key === record.progress.key && live.record.created === record.created;
    const progress = isSame && !isNewer(record, live.record) ? live.progress : record.progress;
    return rolloutView(record, progress, isSame ? live : undefined, this.#parts);
  }

  /** Schedules the next check of an unchanged device if time alone will affect it. */
  reschedule(record: DeviceRecord): void {
    const isOpen = record.admissions?.some(
      ({ state, isAway }) => !isAway && (state === 'given' || state === 'resting'),
    );
    if (isOpen) this.#times.onChange(undefined, record);
  }

  #gather(live: LiveRollout): void {
    if (this.#state === 'reading') this.#begunWhileReading.add(live);
    if (this.#state !== 'started') return;
    if (!live.isGathering) {
      live.endGathering();
      return;
    }
    live.beginGathering();
    this.#gatherings.add(live);
  }

  async #gatherAll(due: ReadonlySet<LiveRollout>): Promise<void> {
    for (const live of due) {
      const entry = this.#parts.entryOf(live.id);
      const isOver = (): boolean => this.#isStopped || this.#live.get(live.id) !== live;
      if (!entry || isOver() || !(await gatherWaiting(live, entry, { ...this.#parts, isOver }))) continue;
      live.endGathering();
      this.#soon(SOON_MS);
    }
  }

  /** Schedules the next check no later than this. */
  #soon(inMs: number): void {
    if (this.#state !== 'started' || this.#isStopped) return;
    if (this.#ticking) {
      this.#isAgain = true;
      return;
    }
    const { clock } = this.#parts;
    const atMs = clock.elapsed() + inMs;
    if (this.#timer && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = { atMs, cancel: clock.after(inMs, () => this.#tick()) };
  }

  #tick(): void {
    this.#timer = undefined;
    this.#isAgain = false;
    this.#ticking = this.#advanceAll().then((isWell) => {
      this.#ticking = undefined;
      if (!isWell) this.#soon(RETRY_AFTER_MS);
      else if (this.#isAgain) this.#soon(SOON_MS);
      else if (this.#isAnythingToCome()) this.#soon(TICK_MS);
    });
  }

  #isAnythingToCome(): boolean {
    if (this.#times.isAnyDue) return true;
    for (const live of this.#open) if (!live.isOver) return true;
    return false;
  }

  async #wakeDue(): Promise<void> {
    const { wake, room } = this.#parts;
    for (const id of this.#times.takeDue()) {
      if (this.#isStopped) return;
      wake(id);
      const waiting = room();
      if (waiting) await waiting;
    }
  }

  /** Returns whether every rollout could advance. */
  async #advanceAll(): Promise<boolean> {
    const now = this.#parts.clock.elapsed();
    await this.#wakeDue();
    const isTimeDue = now - this.#tickedAtMs >= TICK_MS;
    if (isTimeDue) this.#tickedAtMs = now;
    // A closed rollout is advanced only after an event, also in a tick of time.
    const due = new Set(isTimeDue ? [...this.#open, ...this.#dirty] : this.#dirty);
    this.#dirty.clear();
    let isWell = true;
    for (const live of due) {
      await this.#advancer.advance(live).catch((error) => {
        isWell = false;
        this.#parts.log('error', 'a rollout could not go on, it is tried again', { configuration: live.id, error });
      });
    }
    return isWell;
  }
}

function isMatching(live: LiveRollout, matches: readonly Match[]): boolean {
  return matches.some(({ entry, current }) => current && entry.record.id === live.id);
}

/** Whether the change may end an attempt, or start its clock. */
function isToBeJudged(before: DeviceRecord, after: DeviceRecord): boolean {
  return (
    before.acknowledged !== after.acknowledged ||
    before.connected !== after.connected ||
    before.problem !== after.problem
  );
}
