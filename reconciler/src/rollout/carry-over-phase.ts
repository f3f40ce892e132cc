import type { RolloutProgress } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import { phaseOf } from './phase-of.js';

/**
 * The phase of a rewritten policy at which a rollout continues. Phases already passed stay passed. A rollout that waits
 * with its percent reached stays at that percent, or at the highest passed percent below it, and keeps its elapsed
 * time. So a wait can be changed while it runs. If no such phase is left, the next higher phase opens.
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
