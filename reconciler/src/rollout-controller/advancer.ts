import type { Registry, RolloutEffect, RolloutProgress } from '@muster/registry';
import type { Log, SteadyClock } from '@muster/twin';
import { advanceRollout, spendAdmissions } from '../rollout/advance-rollout.js';
import type { Signals } from '../workqueue/signals.js';
import type { LiveRollout } from './live-rollout.js';

/** So many are let in at a time; then it is looked again whether more may be. */
const ADMITTED_AT_ONCE_MAX = 1_000;
/** Waits are stored so often: after a crash they are at most so much too long. */
const STORED_EVERY_MS = 10_000;

const ADMITTED = 'a rollout admits devices';

/** What is to be done by how a rollout stands. */
interface AdvancePlan {
  readonly progress: RolloutProgress;
  /** How many are to be let in. */
  readonly count: number;
  readonly mustStore: boolean;
  readonly effect: RolloutEffect | undefined;
}

interface AdvancerParts extends Signals {
  readonly registry: Pick<Registry, 'configurations'>;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** Nothing more is to be done for it. */
  readonly isOver: (live: LiveRollout) => boolean;
  readonly stored: (live: LiveRollout) => void;
}

/** Takes a rollout as far as time and answers let it go: what that makes of it is stored, then devices are let in. */
export class Advancer {
  readonly #parts: AdvancerParts;

  constructor(parts: AdvancerParts) {
    this.#parts = parts;
  }

  /** As far as it goes without time passing. */
  async advance(live: LiveRollout): Promise<void> {
    for (;;) {
      if (this.#parts.isOver(live) || live.isOver || !live.isCounted) return;
      const room = this.#parts.room();
      if (room) await room;
      const admitted = await this.#advanceOnce(live);
      if (admitted < ADMITTED_AT_ONCE_MAX) return;
    }
  }

  /** Answers how many were let in. How long that held the event loop is told, without what the store took. */
  async #advanceOnce(live: LiveRollout): Promise<number> {
    const { clock, log, wake } = this.#parts;
    const [now, startedAtMs] = [clock.now(), clock.elapsed()];
    const plan = this.#plan(live, now, startedAtMs);
    const plannedMs = clock.elapsed() - startedAtMs;
    if (!plan.mustStore) live.advanceTo(plan.progress);
    else if (!(await this.#store(live, plan))) return 0;
    live.advancedAt(startedAtMs);
    if (plan.effect) return 0;
    const resumedAtMs = clock.elapsed();
    const granted = live.grant(plan.count, now);
    for (const id of granted) wake(id);
    const heldMs = plannedMs + clock.elapsed() - resumedAtMs;
    if (granted.length > 0) log('debug', ADMITTED, { configuration: live.id, devices: granted.length, heldMs });
    return granted.length;
  }

  #plan(live: LiveRollout, now: number, elapsedMs: number): AdvancePlan {
    const step = advanceRollout(live.progress, live.policy, live.facts, { now, ...live.elapsedSince(elapsedMs) });
    live.decided(step);
    const count = Math.min(step.admit, ADMITTED_AT_ONCE_MAX, step.byDeviceWindow ? live.openSize(now) : step.admit);
    const progress = spendAdmissions(step.progress, live.policy, count);
    const isSpent = progress.allowance < step.progress.allowance;
    const mustStore = step.mustStore || step.effect !== undefined || isSpent || this.#isElapsedDue(live);
    return { progress, count, effect: step.effect, mustStore };
  }

  /** Time that has passed is stored now and then; for one that stands still none does. */
  #isElapsedDue({ progress, record, storedAtMs }: LiveRollout): boolean {
    if (progress.reachedForMs === record.progress?.reachedForMs) return false;
    return this.#parts.clock.elapsed() - storedAtMs >= STORED_EVERY_MS;
  }

  /**
   * Answers whether the rollout is still what it was: otherwise an operator has written it, which is heard soon. What it
   * stored itself although the store said that this failed nobody tells of.
   */
  async #store(live: LiveRollout, { progress, effect }: AdvancePlan): Promise<boolean> {
    const { registry, clock, statusChanged: affected, stored: tell } = this.#parts;
    const { id, record } = live;
    const stored = await registry.configurations.advanceRollout(
      { kind: 'rollout', id },
      id,
      record,
      effect ? { progress, effect } : { progress },
    );
    const own = stored ?? (await registry.configurations.read(id));
    if (!own || (!stored && (own.created !== record.created || own.revision !== record.revision))) return false;
    live.stored(own, clock.elapsed());
    tell(live);
    affected(id);
    return live.record === stored;
  }

  /** What time has done since it was stored last. */
  async storeElapsed(live: LiveRollout): Promise<void> {
    const { clock, registry } = this.#parts;
    const passedMs = clock.elapsed() - (live.advancedAtMs ?? clock.elapsed());
    const { reachedForMs = 0, state } = live.progress;
    const progress = state === 'paused' ? live.progress : { ...live.progress, reachedForMs: reachedForMs + passedMs };
    await registry.configurations.advanceRollout({ kind: 'rollout', id: live.id }, live.id, live.record, { progress });
  }
}
