import { TwinError } from '@muster/twin';
import { rolledChanges } from './configuration-change.js';
import { keptGenerations } from './configuration-generation.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from './configuration-record.js';
import { checkPrecondition, type Precondition } from './revision.js';
import { rolled } from './rolled.js';
import type { RolloutAction } from './rollout-action.js';
import { rolloutPolicy } from './rollout-policy.js';
import type { RolloutRules } from './rollout-rules.js';
import type { Decision } from './store.js';

/** What an operator does to a rollout, as the rules decide it. A rollback writes another generation. */
export function actOnRollout(
  current: ConfigurationEntry | undefined,
  id: string,
  action: RolloutAction,
  { rules, by, now, precondition }: { rules: RolloutRules; by: string; now: number; precondition: Precondition },
): Decision<'configuration', ConfigurationRecord> {
  if (!isStored(current)) throw new TwinError('not-found', `there is no configuration ${id}`);
  checkPrecondition(precondition, current.revision);
  const outcome = rules.act(current.progress, action, {
    by,
    at: now,
    generation: current.generation,
    kept: keptGenerations(current),
    policy: rolloutPolicy(current.rollout),
  });
  const record: ConfigurationRecord = {
    ...rolled(current, outcome, now),
    updatedAt: Math.max(now, current.updatedAt),
    revision: current.revision + 1,
  };
  return { result: record, entry: record, changes: rolledChanges(current, record, by, now) };
}
