import type { RolloutPhase, RolloutPolicy } from '@muster/twin';

/** The phase at an index, from 0. It always exists, because a rewritten policy carries its rollout over. */
export function phaseOf({ phases }: RolloutPolicy, index: number): RolloutPhase {
  const phase = phases[index];
  if (phase === undefined) throw new Error(`there is no phase ${index} of ${phases.length}`);
  return phase;
}
