import { type Condition, explainAccess, normalize } from '@muster/conditions';
import type { IndexingView } from '@muster/twin';

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
