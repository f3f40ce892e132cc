import type { ConfigurationGeneration, ConfigurationRecord } from '../record/configuration-record.js';
import type { RolloutOutcome } from '../rollout/rollout-outcome.js';
import { historyWith } from './configuration-generation.js';
import { mustBeKept, withProgress } from './with-progress.js';

/** The configuration once its rollout has changed. Where it was rolled back, it is another generation. */
export function rolled(
  record: ConfigurationRecord,
  { progress, effect }: RolloutOutcome,
  now: number,
): ConfigurationRecord {
  if (effect?.kind !== 'rollback') return withProgress(record, progress, record);
  return withProgress(returned(record, mustBeKept(record, effect.generation), now), progress, record);
}

/**
 * Who has the layer of the target still has what it should have. The rollout stays as it was written: it is the way in
 * which the next content comes, and it would be lost on whoever writes the same text again.
 */
function returned(record: ConfigurationRecord, target: ConfigurationGeneration, now: number): ConfigurationRecord {
  const { targetCondition, desiredProperties, priority, enforce, sinceGeneration } = target;
  const content = { targetCondition, desiredProperties, priority, enforce, sinceGeneration };
  const next = { ...record, ...content, generation: record.generation + 1 };
  return { ...next, history: historyWith(next, record.history, now) };
}
