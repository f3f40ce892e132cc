import { TwinError } from '@muster/twin';
import { checkPrecondition, type Precondition } from '../input/revision.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from '../record/configuration-record.js';
import type { RolloutAction } from '../rollout/rollout-action.js';
import { rolloutPolicy } from '../rollout/rollout-policy.js';
import type { RolloutRules } from '../rollout/rollout-rules.js';
import type { Decision } from '../store/store.js';
import { rolledChanges } from './configuration-change.js';
import { keptGenerations } from './configuration-generation.js';
import { rolled } from './rolled.js';

interface ActionContext {
  readonly rules: RolloutRules;
  readonly by: string;
  readonly now: number;
}

/** Applies an action of an operator to a rollout. The rules decide it; a rollback writes a new generation. */
export function actOnRollout(
  current: ConfigurationEntry | undefined,
  id: string,
  action: RolloutAction,
  { precondition, ...context }: ActionContext & { readonly precondition: Precondition },
): Decision<'configuration', ConfigurationRecord> {
  if (!isStored(current)) throw new TwinError('not-found', `there is no configuration ${id}`);
  checkPrecondition(precondition, current.revision);
  const record = afterAction(current, action, context);
  return { result: record, entry: record, changes: rolledChanges(current, record, context.by, context.now) };
}

/** Returns the configuration after the action. */
export function afterAction(
  current: ConfigurationRecord,
  action: RolloutAction,
  { rules, by, now }: ActionContext,
): ConfigurationRecord {
  const outcome = rules.act(current.progress, action, {
    by,
    at: now,
    generation: current.generation,
    kept: keptGenerations(current),
    policy: rolloutPolicy(current.rollout),
  });
  return {
    ...rolled(current, outcome, now),
    updatedAt: Math.max(now, current.updatedAt),
    revision: current.revision + 1,
  };
}
