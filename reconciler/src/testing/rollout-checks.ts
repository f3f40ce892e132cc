import type { RolloutProgress } from '@muster/registry';
import { expect } from 'vitest';
import { restMsMin } from '../rollout/admission/rest-ms.js';
import { AttemptChecks } from './attempt-checks.js';
import type { FleetConfiguration, FleetDevice, RolloutFleet } from './rollout-fleet.js';

/** What was seen of the attempts of one device with one key. */
interface SeenAttempts {
  attempts: number;
  retriesMax: number;
  begunAt: number;
  hasApplied: boolean;
}

/** What a fleet has to live through: its clock on the wall is set, or what need not be stored is lost, too. */
export type Trouble = 'none' | 'clock set' | 'power lost';

/**
 * Looks at a fleet after every step and holds it against the rules, with a memory of its own and none of the code that
 * is judged.
 */
export class RolloutChecks {
  readonly #fleet: RolloutFleet;
  readonly #trouble: Trouble;
  readonly #attempts = new Map<string, SeenAttempts>();
  readonly #endings: AttemptChecks;
  readonly #documents = new Map<string, string>();
  #admissions: { readonly at: number; readonly count: number }[] = [];
  #rates: { readonly until: number; readonly rate: number | undefined }[] = [];
  #admitted: ReadonlySet<string> = new Set();
  #key: number | undefined;
  /** When the target of the phase was reached, and for how long it stood still since; by the clock that is never set. */
  #reached: { readonly phase: number; readonly key: number; waitedMs: number } | undefined;
  #checkedAt = 0;
  /** As they were after the step before. */
  #last: FleetConfiguration | undefined;
  #stable: FleetConfiguration['content'] | undefined;

  constructor(fleet: RolloutFleet, trouble: Trouble) {
    this.#fleet = fleet;
    this.#trouble = trouble;
    this.#endings = new AttemptChecks(fleet);
  }

  check(isRewritten: boolean): void {
    this.#admitsExactly();
    this.#keepsWhoIsAdmitted();
    this.#stopsAtOnce();
    this.#carriesOver();
    this.#waitsLongEnough(isRewritten);
    this.#comesFromWhatWasStable();
    this.#keepsToTheRate();
    for (const device of this.#fleet.devices) {
      this.#boundsAttempts(device);
      this.#endings.check(device, this.#fleet.elapsedMs - this.#checkedAt, this.#trouble !== 'power lost');
      this.#givesTheRightDocument(device);
    }
    this.#checkedAt = this.#fleet.elapsedMs;
    const { configuration } = this.#fleet;
    this.#last = configuration && { ...configuration };
  }

  /** To one device, and the first in order. */
  #admitsExactly(): void {
    const { tick, configuration } = this.#fleet;
    if (tick === undefined || !configuration?.progress || !configuration.policy) return;
    const { progress, policy } = configuration;
    const { facts, admitted } = tick;
    const after = facts.admitted + admitted.length;
    if (admitted.length > 0) expect(['waiting', 'running']).toContain(tick.before.state);
    if (progress.state !== 'running' && progress.state !== 'waiting') return;
    const parts = Math.round((policy.phases[progress.phase]?.percent ?? 0) * 1_000);
    const target = Number((BigInt(parts) * BigInt(facts.matching) + 99_999n) / 100_000n);
    if (admitted.length > 0) expect(after).toBeLessThanOrEqual(target);
    const isOpen = policy.startAt === undefined && policy.window === undefined && policy.ratePerMinute === undefined;
    if (isOpen) expect(after).toBe(Math.max(facts.admitted, target));
    const { phase, reachedForMs } = tick.before;
    const isNewlyReached = progress.reachedForMs === 0 && (reachedForMs === undefined || phase < progress.phase);
    if (isNewlyReached) expect(facts.admitted).toBeGreaterThanOrEqual(Math.max(1, target));
  }

  #keepsWhoIsAdmitted(): void {
    const { configuration, devices } = this.#fleet;
    const progress = configuration?.progress;
    const { content, progress: before } = this.#last ?? {};
    const isSameContent =
      content?.value === configuration?.content.value && content?.tag === configuration?.content.tag;
    // A rollback is of another content, and what was taken back may begin anew.
    const isAnother = progress?.state === 'rolledBack' || before?.isWithdrawn;
    if (isSameContent && progress && !isAnother && this.#key !== undefined) expect(progress.key).toBe(this.#key);
    const admitted = new Set(this.#fleet.admitted().map(({ id }) => id));
    if (progress?.key === this.#key && configuration?.enabled) {
      const staying = devices.filter(
        (one) => this.#fleet.matches(one, configuration.content) && this.#admitted.has(one.id),
      );
      const lost = staying.filter(({ id }) => !admitted.has(id));
      expect(lost, 'who matches stays admitted').toEqual([]);
    }
    this.#key = progress?.key;
    this.#admitted = admitted;
  }

  /** Within the tick in which it is seen, and nobody is admitted by one that is over or paused. */
  #stopsAtOnce(): void {
    const { tick, configuration } = this.#fleet;
    if (tick === undefined) return;
    const { before, facts, admitted } = tick;
    const abort = configuration?.policy?.abort;
    const finished = facts.applied + facts.failed;
    const isTooMuch = abort && finished >= abort.minimum && facts.failed * 100 > abort.failedPercent * finished;
    const isOver = ['aborted', 'rolledBack', 'complete'].includes(before.state);
    if (isTooMuch && !isOver) expect(['aborted', 'rolledBack']).toContain(configuration?.progress?.state);
    if (isTooMuch || isOver || before.state === 'paused') expect(admitted).toEqual([]);
    if (isOver) expect(configuration?.progress).toEqual(before);
    if (before.state === 'paused' && !isTooMuch) expect(configuration?.progress).toEqual(before);
  }

  /** A phase opens only after the wait of the one before, measured here by the clock that is never set. */
  #waitsLongEnough(isRewritten: boolean): void {
    const { tick, configuration, elapsedMs } = this.#fleet;
    const progress = configuration?.progress;
    const before = tick?.before;
    const waits = configuration?.policy?.phases.map(({ waitMs }) => waitMs) ?? [];
    const isMoving = before?.state !== 'paused' && this.#last?.progress?.state !== 'paused';
    if (this.#reached && isMoving) this.#reached.waitedMs += elapsedMs - this.#checkedAt;
    if (before && progress && before.key === progress.key) {
      const end = progress.state === 'complete' && before.state !== 'complete' ? waits.length : progress.phase;
      for (let phase = before.phase; phase < end; phase += 1) {
        const waitedMs =
          this.#reached?.phase === phase && this.#reached.key === progress.key ? this.#reached.waitedMs : 0;
        if (!isRewritten) expect(waitedMs, `wait of phase ${phase}`).toBeGreaterThanOrEqual(waits[phase] ?? 0);
      }
    }
    this.#reached = this.#reachedNow(progress, isRewritten);
  }

  /** Once a phase is reached it stays so, until the next one opens. */
  #reachedNow(progress: RolloutProgress | undefined, isRewritten: boolean) {
    const isSame = !isRewritten && progress?.phase === this.#reached?.phase && progress?.key === this.#reached?.key;
    const isUnfinished = progress?.state === 'running' || progress?.state === 'waiting' || progress?.state === 'paused';
    if (isSame && isUnfinished && this.#reached)
      expect(progress.reachedForMs).toBeLessThanOrEqual(this.#reached.waitedMs);
    if (progress?.reachedForMs === undefined) return undefined;
    if (isSame) return this.#reached;
    const { phase, key, reachedForMs } = progress;
    if (!isRewritten) expect(reachedForMs).toBe(0);
    return { phase, key, waitedMs: reachedForMs };
  }

  /** A wait at a percent that the rewritten rollout has too goes on. */
  #carriesOver(): void {
    const { tick, configuration } = this.#fleet;
    const { progress, policy } = this.#last ?? {};
    if (tick === undefined || progress?.reachedForMs === undefined || tick.before.key !== progress.key) return;
    const percent = policy?.phases[progress.phase]?.percent;
    const isOver = ['complete', 'rolledBack'].includes(tick.before.state);
    const phase = configuration?.policy?.phases.findIndex((one) => one.percent === percent) ?? -1;
    if (isOver || phase < 0) return;
    expect(tick.before.phase).toBe(phase);
    if (this.#trouble !== 'power lost') expect(tick.before.reachedForMs).toBe(progress.reachedForMs);
    else expect(tick.before.reachedForMs).toBeLessThanOrEqual(progress.reachedForMs);
  }

  /** What completed last, or was everybody's at once, is what a rollout comes from. */
  #comesFromWhatWasStable(): void {
    const { progress, history, content } = this.#fleet.configuration ?? {};
    if (content === undefined) return;
    const isWithdrawn = progress?.isWithdrawn === true;
    const isStable = progress === undefined || progress.state === 'complete' || progress.state === 'rolledBack';
    if (isStable && !isWithdrawn) this.#stable = content;
    else if (!isWithdrawn) expect(history?.[progress?.stable ?? 0]?.content).toEqual(this.#stable);
  }

  #keepsToTheRate(): void {
    const { tick, configuration, elapsedMs } = this.#fleet;
    this.#admissions.push({ at: elapsedMs, count: tick?.admitted.length ?? 0 });
    this.#rates.push({ until: elapsedMs, rate: configuration?.policy?.ratePerMinute });
    this.#admissions = this.#admissions.filter(({ at }) => at > elapsedMs - 60_000);
    this.#rates = this.#rates.filter(({ until }) => until > elapsedMs - 60_000);
    const rates = this.#rates.map(({ rate }) => rate ?? Number.POSITIVE_INFINITY);
    const count = this.#admissions.reduce((sum, one) => sum + one.count, 0);
    expect(count).toBeLessThanOrEqual(Math.max(...rates));
  }

  #boundsAttempts({ id, admission, standing }: FleetDevice): void {
    const { now, configuration } = this.#fleet;
    if (admission === undefined) return;
    const retries = configuration?.policy?.retries ?? 0;
    const key = `${id}/${admission.key}`;
    const seen = this.#attempts.get(key);
    const { attempts } = admission;
    if (seen === undefined) {
      expect(attempts).toBe(1);
      this.#attempts.set(key, { attempts, retriesMax: retries, begunAt: now, hasApplied: false });
      return;
    }
    seen.retriesMax = Math.max(seen.retriesMax, retries);
    if (attempts !== seen.attempts) this.#checkNextAttempt(id, attempts, seen);
    const isCurrent = standing?.generation === configuration?.contentGeneration;
    if (isCurrent && standing?.applied && configuration?.progress?.key === admission.key) seen.hasApplied = true;
  }

  #checkNextAttempt(id: string, attempts: number, seen: SeenAttempts): void {
    const { now, configuration, tick } = this.#fleet;
    expect(attempts, `${id} is given one attempt at a time`).toBe(seen.attempts + 1);
    expect(attempts).toBeLessThanOrEqual(seen.retriesMax + 1);
    expect(seen.hasApplied, `${id} applied it before`).toBe(false);
    expect(tick?.before.state).toMatch(/waiting|running|complete/);
    const { content, stable } = configuration ?? {};
    const isAnother = stable?.content.value !== content?.value;
    if (isAnother) expect(this.#documents.get(id), `${id} fell back before`).not.toBe(content?.value);
    if (this.#trouble === 'none') expect(now - seen.begunAt).toBeGreaterThanOrEqual(restMsMin(seen.attempts));
    Object.assign(seen, { attempts, begunAt: now });
  }

  /** What the rules say of one device, without the code that is judged. */
  #givesTheRightDocument(device: FleetDevice): void {
    const { configuration } = this.#fleet;
    if (configuration === undefined) return;
    const document = device.isOverridden ? 'own' : this.#documentOf(device);
    if (device.document !== document) expect(device.document, `document of ${device.id}`).toBe(document);
    this.#documents.set(device.id, device.document);
  }

  #documentOf(device: FleetDevice): string {
    const { configuration } = this.#fleet;
    const { progress, policy, enabled, content, stable } = configuration ?? {};
    const { admission } = device;
    const current = content && device.tags[content.tag] ? content.value : '';
    const before = stable && device.tags[stable.content.tag] ? stable.content.value : '';
    if (!enabled || progress?.isWithdrawn) return '';
    if (progress === undefined || progress.state === 'rolledBack') return current;
    const isNotHolding =
      admission?.state === 'resting' || (admission?.state === 'failed' && policy?.onFailure !== 'keep');
    const isMember = admission?.key === progress.key && !admission.isAway && current !== '';
    if (progress.state === 'complete') return isMember && isNotHolding ? before : current;
    return isMember && !isNotHolding ? current : before;
  }
}
