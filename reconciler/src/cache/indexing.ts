import type { IndexingView } from '@muster/api';
import { type Condition, explainAccess, normalize, parseCondition } from '@muster/conditions';
import type { ConfigurationRecord } from '@muster/registry';

/** Whether an index can look the condition up, or why it cannot. */
export function indexingView(condition: Condition): IndexingView {
  const access = explainAccess(condition);
  return access.indexable ? { indexable: true } : { indexable: false, notIndexableBecause: access.reason };
}

/** Whether every device has to be asked. Conditions that are always TRUE do not count: nobody has to be asked. */
export function isScanned(condition: Condition): boolean {
  const root = normalize(condition.root);
  return root.kind !== 'constant' && !explainAccess(condition).indexable;
}

/**
 * Of the conditions of a configuration that are asked as long as it is enabled, the first that is asked of every device:
 * its own, or that of the stable generation, which those have whom a rollout has not admitted.
 */
export function scannedCondition({
  targetCondition,
  stable,
}: Pick<ConfigurationRecord, 'targetCondition' | 'stable'>): Condition | undefined {
  const texts = stable ? [targetCondition, stable.targetCondition] : [targetCondition];
  return texts.map((text) => parseCondition(text, 'target')).find(isScanned);
}
