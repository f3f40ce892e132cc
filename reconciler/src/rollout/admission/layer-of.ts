import type { Admission, RolloutProgress } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';

/** The generation of a configuration that is a layer of the device. */
export type RolledLayer = 'current' | 'stable' | 'none';

export interface LayerFacts {
  readonly enabled: boolean;
  /** Undefined without a rollout. */
  readonly progress: RolloutProgress | undefined;
  readonly onFailure: RolloutPolicy['onFailure'];
  /** The admission of this device to this rollout, as `nextAdmission` returned it. */
  readonly admission: Admission | undefined;
  /** Whether the condition of the current generation is TRUE. */
  readonly matchesCurrent: boolean;
  /** Whether the condition of the stable generation is TRUE; false if there is none. */
  readonly matchesStable: boolean;
}

/**
 * Until a rollout is complete, devices that are not admitted follow the stable generation. Afterwards devices follow the
 * current one, except devices on which it failed: they keep the generation that the rollout came from.
 */
export function layerOf(facts: LayerFacts): RolledLayer {
  const { enabled, progress, matchesCurrent } = facts;
  if (!enabled || progress?.isWithdrawn) return 'none';
  const byCurrent = matchesCurrent ? 'current' : 'none';
  if (progress === undefined) return byCurrent;
  switch (progress.state) {
    case 'rolledBack':
      return byCurrent;
    case 'complete':
      return matchesCurrent && hasFailed(facts) ? byStable(facts) : byCurrent;
    case 'waiting':
    case 'running':
    case 'paused':
    case 'aborted':
      return matchesCurrent && isAdmitted(facts.admission) && !hasFailed(facts) ? 'current' : byStable(facts);
  }
}

/** Whether a device takes part in a rollout: it counts as admitted, with any result. */
export function isAdmitted(admission: Admission | undefined): boolean {
  return admission !== undefined && admission.isAway === undefined;
}

/** True between two attempts, too. */
function hasFailed({ admission, onFailure }: LayerFacts): boolean {
  return admission?.state === 'resting' || (admission?.state === 'failed' && onFailure === 'fallback');
}

function byStable({ matchesStable }: LayerFacts): RolledLayer {
  return matchesStable ? 'stable' : 'none';
}
