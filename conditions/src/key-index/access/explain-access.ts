import type { Condition } from '../../language/condition.js';
import { normalize } from '../../language/normalize.js';
import { printAccessKey } from './access-key.js';
import { planAccess } from './access-plan.js';
import { estimateSelectivity, NO_POSTINGS } from './selectivity.js';

/** Whether an index can look up a condition, and by which keys; if not, the reason. */
export type AccessExplanation =
  | {
      readonly indexable: true;
      /**
       * The condition is tested only if one of these holds, each written as a condition: `device.tags.region = 'eu' AND
       * STARTS_WITH(device.name, 'a')`. Empty for a condition that is never TRUE.
       */
      readonly keys: readonly string[];
    }
  | { readonly indexable: false; readonly reason: string };

/** Considers the condition alone: an index with other conditions may choose other keys. */
export function explainAccess(condition: Condition): AccessExplanation {
  const plan = planAccess(normalize(condition.root), (key) => estimateSelectivity(key, NO_POSTINGS));
  if (plan.kind === 'scanned') return { indexable: false, reason: plan.reason };
  return { indexable: true, keys: plan.entries.map((entry) => entry.map(printAccessKey).join(' AND ')) };
}
