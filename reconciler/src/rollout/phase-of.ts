import type { RolloutPhase, RolloutPolicy } from '@muster/twin';

/** The phase at a place, from 0. A policy that is rewritten takes its rollout along, so there always is one. */
export function phaseOf({ phases }: RolloutPolicy, index: number): RolloutPhase {
  const phase = phases[index];
  if (phase === undefined) throw new Error(`there is no phase ${index} of ${phases.length}`);
  return phase;
}
