import type { ConfigurationGeneration, ConfigurationRecord } from '../record/configuration-record.js';
import type { RolloutProgress } from '../record/rollout-progress.js';
import { generationOf } from './configuration-generation.js';

/**
 * The configuration with a rollout that has come so far, or without one, and with the content of the generation that it
 * names as stable: `before` is the configuration as it is stored, which still has it.
 */
export function withProgress(
  record: ConfigurationRecord,
  progress: RolloutProgress | undefined,
  before: ConfigurationRecord | undefined,
): ConfigurationRecord {
  const { progress: _, stable: __, ...rest } = record;
  if (progress === undefined) return rest;
  if (progress.stable === undefined) return { ...rest, progress };
  return { ...rest, progress, stable: mustBeKept(before, progress.stable) };
}

/** Which is a bug of whoever names it if it is not. */
export function mustBeKept(record: ConfigurationRecord | undefined, generation: number): ConfigurationGeneration {
  const kept = record && generationOf(record, generation);
  if (kept === undefined) throw new Error(`the content of generation ${generation} is not kept`);
  return kept;
}
