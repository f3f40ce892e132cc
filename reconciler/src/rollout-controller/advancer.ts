import type { Registry, RolloutEffect, RolloutProgress } from '@muster/registry';
import type { Log, SteadyClock } from '@muster/twin';
import { advanceRollout, spendAdmissions } from '../rollout/advance-rollout.js';
import type { Signals } from '../workqueue/signals.js';
import type { LiveRollout } from './live-rollout.js';

/** Devices admitted at a time; then the rules are asked again. */
const ADMITTED_AT_ONCE_MAX = 1_000;
/** How often elapsed time is stored: after a crash a wait is at most this much too long. */
const STORED_EVERY_MS = 10_000;

const ADMITTED = 'a rollout admits devices';

/** The next step of a rollout. */
interface AdvancePlan {
  readonly progress: RolloutProgress;
  /** Number of devices to admit. */
  readonly count: number;
  readonly mustStore: boolean;
  readonly effect: RolloutEffect | undefined;
}

interface AdvancerParts extends Signals {
  readonly registry: Pick<Registry, 'configurations'>;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** The rollout needs nothing more. */
  readonly isOver: (live: LiveRollout) => boolean;
  readonly stored: (live: LiveRollout) => void;
}

/** Advances a rollout as far as time and results allow: stores the new progress, then admits devices. */
export class Advancer {
  readonly #parts: AdvancerParts;

  constructor(parts: AdvancerParts) {
    this.#parts = parts;
  }

  /** Advances as far as possible without waiting. */
  async advance(live: LiveRollout): Promise<void> {
    for (;;) {
      if (this.#parts.isOver(live) || live.isOver || !live.isCounted) return;
      const room = this.#parts.room();
      if (room) await room;
      const admitted = await this.#advanceOnce(live);
      if (admitted < ADMITTED_AT_ONCE_MAX) return;
    }
  }

  /** Returns the number of admitted devices. Reports how long that held the event loop, without the time of the store. */
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

  /** Elapsed time is stored every 10 s; a paused rollout has none. */
  #isElapsedDue({ progress, record, storedAtMs }: LiveRollout): boolean {
    if (progress.reachedForMs === record.progress?.reachedForMs) return false;
    return this.#parts.clock.elapsed() - storedAtMs >= STORED_EVERY_MS;
  }

  /**
   * Returns whether the rollout is still the one that was decided on; otherwise an operator wrote it, and the watch
   * reports that soon. If the store reported a failure but had committed, no change follows; so read back.
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

  /** Stores the time that elapsed since the last write. */
  async storeElapsed(live: LiveRollout): Promise<void> {
    const { clock, registry } = this.#parts;
    const passedMs = clock.elapsed() - (live.advancedAtMs ?? clock.elapsed());
    const { reachedForMs = 0, state } = live.progress;
    const progress = state === 'paused' ? live.progress : { ...live.progress, reachedForMs: reachedForMs + passedMs };
    await registry.configurations.advanceRollout({ kind: 'rollout', id: live.id }, live.id, live.record, { progress });
  }
}
