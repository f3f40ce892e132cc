import type { ConfigurationGeneration, ConfigurationRecord } from '../record/configuration-record.js';
import type { RolloutOutcome } from '../rollout/rollout-outcome.js';
import { historyWith } from './configuration-generation.js';
import { mustBeKept, withProgress } from './with-progress.js';

/** Returns the configuration after a step of its rollout. A rollback makes a new generation. */
export function rolled(
  record: ConfigurationRecord,
  { progress, effect }: RolloutOutcome,
  now: number,
): ConfigurationRecord {
  if (effect?.kind !== 'rollback') return withProgress(record, progress, record);
  return withProgress(returned(record, mustBeKept(record, effect.generation), now), progress, record);
}

/**
 * Devices that hold the target's layer keep it. The rollout policy stays as it was written, because the next content
 * follows it.
 */
function returned(record: ConfigurationRecord, target: ConfigurationGeneration, now: number): ConfigurationRecord {
  const { targetCondition, desiredProperties, priority, enforce, contentGeneration } = target;
  const content = { targetCondition, desiredProperties, priority, enforce, contentGeneration };
  const next = { ...record, ...content, generation: record.generation + 1 };
  return { ...next, history: historyWith(next, record.history, now) };
}
