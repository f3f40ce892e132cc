import type { IndexingView } from '@muster/api';
import { type Condition, explainAccess, normalize, parseCondition } from '@muster/conditions';
import type { ConfigurationRecord } from '@muster/registry';

/** Whether an index can look the condition up, or why it cannot. */
export function indexingView(condition: Condition): IndexingView {
  const access = explainAccess(condition);
  return access.indexable ? { indexable: true } : { indexable: false, notIndexableBecause: access.reason };
}

/** Whether the condition has to be evaluated for every device. Constant conditions do not count. */
export function isScanned(condition: Condition): boolean {
  const root = normalize(condition.root);
  return root.kind !== 'constant' && !explainAccess(condition).indexable;
}

/**
 * The first condition of an enabled configuration that has to be evaluated for every device. It is the configuration's
 * own or that of the stable generation, which devices that are not admitted follow.
 */
export function scannedCondition({
  targetCondition,
  stable,
}: Pick<ConfigurationRecord, 'targetCondition' | 'stable'>): Condition | undefined {
  const texts = stable ? [targetCondition, stable.targetCondition] : [targetCondition];
  return texts.map((text) => parseCondition(text, 'target')).find(isScanned);
}
