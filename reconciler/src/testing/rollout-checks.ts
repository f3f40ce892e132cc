import type { RolloutProgress } from '@muster/registry';
import { expect } from 'vitest';
import { restMsMin } from '../rollout/rest-ms.js';
import type { FleetDevice, RolloutFleet } from './rollout-fleet.js';

/** What was seen of the attempts of one device with one key. */
interface SeenAttempts {
  attempts: number;
  retriesMax: number;
  begunAt: number;
  hasApplied: boolean;
}

/**
 * Looks at a fleet after every step and holds it against the rules, with a memory of its own and none of the code that
 * is judged. `isExact`: the clock on the wall was never set, and nothing was lost.
 */
export class RolloutChecks {
  readonly #fleet: RolloutFleet;
  readonly #isExact: boolean;
  readonly #attempts = new Map<string, SeenAttempts>();
  readonly #documents = new Map<string, string>();
  #admissions: { readonly at: number; readonly count: number }[] = [];
  #rates: { readonly until: number; readonly rate: number | undefined }[] = [];
  #admitted: ReadonlySet<string> = new Set();
  #key: number | undefined;
  /** When the target of the phase was reached, and for how long it stood still since; by the clock that is never set. */
  #reached: { readonly phase: number; readonly key: number; waitedMs: number } | undefined;
  #checkedAt = 0;

  constructor(fleet: RolloutFleet, isExact: boolean) {
    this.#fleet = fleet;
    this.#isExact = isExact;
  }

  check(isRewritten: boolean): void {
    this.#admitsExactly();
    this.#keepsWhoIsAdmitted();
    this.#stopsAtOnce();
    this.#waitsLongEnough(isRewritten);
    this.#keepsToTheRate();
    for (const device of this.#fleet.devices) {
      this.#boundsAttempts(device);
      this.#givesTheRightDocument(device);
    }
    this.#checkedAt = this.#fleet.elapsedMs;
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
    if (this.#reached && before && before.state !== 'paused') this.#reached.waitedMs += elapsedMs - this.#checkedAt;
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

  #reachedNow(progress: RolloutProgress | undefined, isRewritten: boolean) {
    if (progress?.reachedForMs === undefined) return undefined;
    const { phase, key, reachedForMs } = progress;
    if (!isRewritten && this.#reached?.phase === phase && this.#reached.key === key) {
      expect(reachedForMs).toBeLessThanOrEqual(this.#reached.waitedMs);
      return this.#reached;
    }
    if (!isRewritten) expect(reachedForMs).toBe(0);
    return { phase, key, waitedMs: reachedForMs };
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
    const isCurrent = standing?.generation === configuration?.sinceGeneration;
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
    if (this.#isExact) expect(now - seen.begunAt).toBeGreaterThanOrEqual(restMsMin(seen.attempts));
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
    const isOut = admission?.state === 'resting' || (admission?.state === 'failed' && policy?.onFailure !== 'keep');
    const isMember = admission?.key === progress.key && !admission.isAway && current !== '';
    if (progress.state === 'complete') return isMember && isOut ? before : current;
    return isMember && !isOut ? current : before;
  }
}
