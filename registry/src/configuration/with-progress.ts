import type { ConfigurationGeneration, ConfigurationRecord } from '../record/configuration-record.js';
import type { RolloutProgress } from '../record/rollout-progress.js';
import { generationOf } from './configuration-generation.js';

/**
 * Returns the configuration with new progress, or without any, and with the content of the generation that the progress
 * names as stable. `before` is the stored configuration, which still has that content.
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

/** Throws if the content is not kept, which is a bug of the caller. */
export function mustBeKept(record: ConfigurationRecord | undefined, generation: number): ConfigurationGeneration {
  const kept = record && generationOf(record, generation);
  if (kept === undefined) throw new Error(`the content of generation ${generation} is not kept`);
  return kept;
}
