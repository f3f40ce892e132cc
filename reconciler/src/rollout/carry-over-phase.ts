import type { RolloutProgress } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import { phaseOf } from './phase-of.js';

/**
 * At which phase of a rewritten policy a rollout goes on. What it is past of the old one it is past of the new one too.
 * While it waits with its percent reached, it stays at that percent, or at the highest below it that was on the way, with
 * the time that has passed: so a wait can be made longer or shorter while it runs. Where no such phase is left, the
 * wait was taken away, and the phase with more is next.
 */
export function carryOverPhase(
  { phase, reachedForMs }: RolloutProgress,
  before: RolloutPolicy,
  after: RolloutPolicy,
): Pick<RolloutProgress, 'phase' | 'reachedForMs'> {
  const passed = phase === 0 ? 0 : phaseOf(before, phase - 1).percent;
  const current = phaseOf(before, phase).percent;
  if (reachedForMs !== undefined) {
    const reached = after.phases.findLastIndex(({ percent }) => passed < percent && percent <= current);
    if (reached >= 0) return { phase: reached, reachedForMs };
  }
  const limit = reachedForMs === undefined ? passed : current;
  return { phase: after.phases.findIndex(({ percent }) => percent > limit), reachedForMs: undefined };
}
