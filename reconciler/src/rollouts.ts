import {
  type Admission,
  type ConfigurationRecord,
  type DeviceEntry,
  type DeviceRecord,
  isLive,
  type Registry,
  type RolloutEffect,
} from '@muster/registry';
import type { Cancel, Log, RolloutView, SteadyClock } from '@muster/twin';
import type { BookEntry, Match } from './configuration-book.js';
import type { Fleet } from './fleet.js';
import { RETRY_AFTER_MS } from './retry.js';
import { advanceRollout, spendAdmissions } from './rollout/advance-rollout.js';
import { type DeviceMoment, dueInMs, standingIn } from './rollout/device-admissions.js';
import { DueTimes } from './rollout/due-times.js';
import { isAdmitted } from './rollout/layer-of.js';
import { isNewer, LiveRollout } from './rollout/live-rollout.js';
import { owesAnswer } from './rollout/next-admission.js';
import { rolloutView } from './rollout/rollout-view.js';
import { Silences, silenceKey } from './rollout/silences.js';
import { KnownTimezones } from './rollout/timezone-of.js';
import { Scans } from './scans.js';
import { Slicer } from './slicer.js';
import { subjectOf } from './subject.js';

/** How often time alone is looked at, and how soon after something happened. */
const TICK_MS = 1_000;
const SOON_MS = 20;
/** So many are let in at a time; then it is looked again whether more may be. */
const ADMITTED_AT_ONCE_MAX = 1_000;
/** Waits are stored so often: after a crash they are at most so much too long. */
const STORED_EVERY_MS = 10_000;

interface RolloutsParts {
  readonly registry: Registry;
  readonly clock: SteadyClock;
  readonly log: Log;
  readonly fleet: Fleet;
  readonly entryOf: (configuration: string) => BookEntry | undefined;
  /** The device is to be looked at. */
  readonly wake: (device: string) => void;
  /** Undefined where many more may be woken at once. */
  readonly room: () => Promise<void> | undefined;
  /** The counts of a configuration are others. */
  readonly touched: (configuration: string) => void;
  /** How many devices have which generation of a configuration, the newest first. */
  readonly generationsOf: (record: ConfigurationRecord) => RolloutView['generations'];
}

/**
 * Lets devices into the rollouts of configurations as time passes and devices answer. How far each has come is stored
 * before anybody is let in because of it; whose turn it is, is looked at by the worker like any other device.
 */
export class Rollouts {
  readonly #parts: RolloutsParts;
  readonly #live = new Map<string, LiveRollout>();
  readonly #timezones = new KnownTimezones();
  readonly #silences: Silences;
  readonly #dues = new DueTimes();
  readonly #gatherings: Scans<LiveRollout>;
  #isStarted = false;
  #isStopped = false;
  #ticking: Promise<void> | undefined;
  #isAgain = false;
  #timer: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(parts: RolloutsParts) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#silences = new Silences(() => clock.elapsed());
    this.#gatherings = new Scans({ clock, log, scan: (due) => this.#gatherAll(due) });
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

  /** Everything stored is known. */
  start(): void {
    this.#isStarted = true;
    for (const live of this.#live.values()) live.endGathering();
    this.#soon(SOON_MS);
  }

  /** What time has done since it was stored last is stored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await Promise.all([this.#gatherings.stop(), this.#ticking]);
    if (!this.#isStarted) return;
    for (const live of this.#live.values()) {
      if (!live.isOver && live.progress.reachedForMs !== undefined) await this.#storeElapsed(live).catch(() => {});
    }
  }

  /** The book has the configuration as it is now, or has it no more. */
  hear(id: string): void {
    const entry = this.#parts.entryOf(id);
    const known = this.#live.get(id);
    const progress = entry?.record.progress;
    if (!entry?.rollout || !progress) {
      this.#live.delete(id);
    } else if (known?.isOf(entry)) {
      if (known.hear(entry.record, entry.rollout, progress)) this.#gather(known);
      // Nobody else wakes those who rest, or keep what fails from now on.
      for (const device of known.counts.out) this.#parts.wake(device);
    } else {
      const live = new LiveRollout({
        entry,
        rollout: entry.rollout,
        progress,
        timezones: this.#timezones,
        numberOf: (device) => this.#parts.fleet.numberOf(device),
        idOf: (number) => this.#parts.fleet.idOf(number),
        elapsed: () => this.#parts.clock.elapsed(),
      });
      this.#live.set(id, live);
      this.#gather(live);
    }
    this.#soon(SOON_MS);
  }

  /** Changes were missed: who matches may be others. */
  gatherAnew(): void {
    for (const live of this.#live.values()) this.#gather(live);
  }

  /** Told of every change of a device, before it is on disk. */
  change(before: DeviceEntry | undefined, after: DeviceEntry): void {
    if (this.#live.size === 0) return;
    if (!isLive(after)) this.#removed(before, after.id);
    const had = isLive(before) ? before.admissions : undefined;
    const has = isLive(after) ? after.admissions : undefined;
    if (had === undefined && has === undefined) return;
    for (const id of new Set([...(had ?? []), ...(has ?? [])].map((one) => one.id))) {
      if (!this.#live.get(id)?.counts.change(before, after)) continue;
      this.#parts.touched(id);
      this.#soon(SOON_MS);
    }
    if (isLive(after)) this.#attend(isLive(before) ? before : undefined, after);
  }

  /** Undefined where no rollout makes anything of anybody. */
  momentOf(device: string): DeviceMoment | undefined {
    if (this.#live.size === 0) return undefined;
    const key = (configuration: string): string => silenceKey({ id: device }, configuration);
    return {
      now: this.#parts.clock.now(),
      entryOf: this.#parts.entryOf,
      granting: (configuration) => this.#live.get(configuration)?.granting(device),
      silentMs: (configuration) => this.#silences.silentMs(key(configuration)),
      spentMs: (configuration) => this.#silences.spentMs(key(configuration)),
    };
  }

  /** The device was looked at, and is to have these admissions. */
  settle(record: DeviceRecord, matches: readonly Match[], admissions = record.admissions): void {
    for (const live of this.#live.values()) {
      if (!live.isGathering && live.granted.size === 0) continue;
      if (live.settle(record, isMatching(live, matches), isIn(live, admissions))) this.#soon(SOON_MS);
    }
  }

  /** There is no such device. */
  forget(device: string): void {
    for (const live of this.#live.values()) if (live.forget(device)) this.#soon(SOON_MS);
  }

  /** How a rollout stands, of which the newest record was just read. */
  async view(record: ConfigurationRecord): Promise<RolloutView | undefined> {
    if (!record.progress) return undefined;
    const live = this.#live.get(record.id);
    const isSame = live?.progress.key === record.progress.key && live.record.created === record.created;
    const progress = isSame && !isNewer(record, live.record) ? live.progress : record.progress;
    return rolloutView(record, progress, isSame ? live : undefined, this.#parts);
  }

  /** A due device is looked at some time soon, if it is not looked at anyway. */
  attend(record: DeviceRecord): void {
    const isOpen = record.admissions?.some(
      ({ state, isAway }) => !isAway && (state === 'given' || state === 'resting'),
    );
    if (isOpen) this.#attend(undefined, record);
  }

  #attend(before: DeviceRecord | undefined, after: DeviceRecord): void {
    for (const admission of after.admissions ?? []) {
      const entry = this.#parts.entryOf(admission.id);
      if (!entry?.rollout) continue;
      const key = silenceKey(after, admission.id);
      const { attempts, spentMs = 0 } = admission;
      const isOwing = after.connected && owesAnswer(admission, standingIn(after, entry));
      if (before?.connected && !after.connected) this.#silences.cut(key, attempts, spentMs);
      this.#silences.hear(key, { isOwing, attempts, spentMs });
    }
    if (before && isToBeJudged(before, after)) this.#parts.wake(after.id);
    const moment = this.momentOf(after.id);
    const due = moment && dueInMs(after, moment);
    if (due !== undefined) this.#due(after.id, due);
  }

  #due(device: string, inMs: number): void {
    this.#dues.add(device, this.#parts.clock.elapsed() + inMs);
    this.#soon(Math.min(inMs + TICK_MS, TICK_MS));
  }

  #removed(before: DeviceEntry | undefined, device: string): void {
    this.forget(device);
    for (const { id } of isLive(before) ? (before.admissions ?? []) : [])
      this.#silences.forget(silenceKey({ id: device }, id));
  }

  #gather(live: LiveRollout): void {
    if (!this.#isStarted) return;
    if (!live.isGathering) {
      live.endGathering();
      return;
    }
    live.isCounted = false;
    this.#gatherings.add(live);
  }

  async #gatherAll(due: ReadonlySet<LiveRollout>): Promise<void> {
    for (const live of due) {
      if (this.#live.get(live.id) !== live) continue;
      const waiting = live.beginGathering();
      await this.#gatherOne(live);
      if (live.waiting === waiting) live.endGathering();
      this.#soon(SOON_MS);
    }
  }

  /** Who changes meanwhile is told of by the worker. */
  async #gatherOne(live: LiveRollout): Promise<void> {
    const { fleet, registry, clock, entryOf } = this.#parts;
    const entry = entryOf(live.id);
    if (!entry) return;
    await fleet.prepare([entry.condition]);
    const slicer = new Slicer(clock);
    for (const id of fleet.find([entry.condition]).ids()) {
      if (this.#isStopped || this.#live.get(live.id) !== live) return;
      const read = registry.readDevice(id);
      const record = read instanceof Promise ? await read : read;
      if (record && !live.settledMeanwhile?.has(id) && entry.condition.test(subjectOf(record)) === true) {
        if (!isIn(live, record.admissions)) live.wait(id, live.zoneOf(record));
      }
      const pause = slicer.pause();
      if (pause) await pause;
    }
  }

  /** The next look comes no later than so. */
  #soon(inMs: number): void {
    if (!this.#isStarted || this.#isStopped) return;
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
    if (this.#dues.nextAtMs !== undefined) return true;
    for (const live of this.#live.values()) if (!live.isOver) return true;
    return false;
  }

  /** Answers whether all could go on. */
  async #advanceAll(): Promise<boolean> {
    for (const id of this.#dues.take(this.#parts.clock.elapsed())) this.#parts.wake(id);
    let isWell = true;
    for (const live of [...this.#live.values()]) {
      if (live.isOver || !live.isCounted) continue;
      await this.#advance(live).catch((error) => {
        isWell = false;
        this.#parts.log('error', 'a rollout could not go on, it is tried again', { configuration: live.id, error });
      });
    }
    return isWell;
  }

  /** As far as it goes without time passing. */
  async #advance(live: LiveRollout): Promise<void> {
    for (;;) {
      if (this.#isStopped || this.#live.get(live.id) !== live || live.isOver) return;
      const room = this.#parts.room();
      if (room) await room;
      const admitted = await this.#advanceOnce(live);
      if (admitted < ADMITTED_AT_ONCE_MAX) return;
    }
  }

  /** Answers how many were let in. */
  async #advanceOnce(live: LiveRollout): Promise<number> {
    const { clock } = this.#parts;
    const { progress: before, advancedAtMs } = live;
    const [now, elapsedMs] = [clock.now(), clock.elapsed()];
    const step = advanceRollout(before, live.policy, live.facts, { now, ...live.elapsedSince(elapsedMs) });
    live.advancedAtMs = elapsedMs;
    live.step = step;
    const count = Math.min(step.admit, ADMITTED_AT_ONCE_MAX, step.byDeviceWindow ? live.openSize(now) : step.admit);
    const progress = spendAdmissions(step.progress, live.policy, count);
    live.advanceTo(progress);
    const isSpent = progress.allowance < step.progress.allowance;
    if (step.mustStore || step.effect || isSpent || this.#isElapsedDue(live)) {
      if (!(await this.#store(live, step.effect, () => live.undo(progress, before, advancedAtMs)))) return 0;
    }
    if (step.effect) return 0;
    const granted = live.grant(count, now);
    for (const id of granted) this.#parts.wake(id);
    return granted.length;
  }

  /** Time that has passed is stored now and then; for one that stands still none does. */
  #isElapsedDue({ progress, record, storedAtMs }: LiveRollout): boolean {
    if (progress.reachedForMs === record.progress?.reachedForMs) return false;
    return this.#parts.clock.elapsed() - storedAtMs >= STORED_EVERY_MS;
  }

  /**
   * Answers whether the rollout is still what it was: otherwise an operator has written it, which is heard soon. What
   * could not be stored is undone: it is decided anew, else it would never be on disk.
   */
  async #store(live: LiveRollout, effect: RolloutEffect | undefined, undo: () => void): Promise<boolean> {
    const { progress, record } = live;
    const outcome = effect ? { progress, effect } : { progress };
    let stored: ConfigurationRecord | undefined;
    try {
      stored = await this.#parts.registry.advanceRollout(record.id, record, outcome);
    } finally {
      if (!stored) undo();
    }
    if (!stored) return false;
    live.stored(stored, this.#parts.clock.elapsed());
    this.#parts.touched(record.id);
    return live.record === stored;
  }

  async #storeElapsed(live: LiveRollout): Promise<void> {
    const { clock, registry } = this.#parts;
    const passedMs = clock.elapsed() - (live.advancedAtMs ?? clock.elapsed());
    const { reachedForMs = 0, state } = live.progress;
    const progress = state === 'paused' ? live.progress : { ...live.progress, reachedForMs: reachedForMs + passedMs };
    await registry.advanceRollout(live.id, live.record, { progress });
  }
}

function isMatching(live: LiveRollout, matches: readonly Match[]): boolean {
  return matches.some(({ entry, current }) => current && entry.record.id === live.id);
}

function isIn({ progress, record }: LiveRollout, admissions: readonly Admission[] | undefined): boolean {
  const admission = admissions?.find(
    ({ id, created, key }) => id === record.id && created === record.created && key === progress.key,
  );
  return isAdmitted(admission);
}

/** What may end an attempt, or begin to take its time. */
function isToBeJudged(before: DeviceRecord, after: DeviceRecord): boolean {
  return (
    before.acknowledged !== after.acknowledged ||
    before.connected !== after.connected ||
    before.problem !== after.problem
  );
}
