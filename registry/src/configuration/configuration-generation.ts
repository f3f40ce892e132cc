import { LIMITS } from '@muster/twin';
import type { ConfigurationGeneration, ConfigurationRecord } from '../record/configuration-record.js';

/** Returns the generation as it was written, if its content is kept. */
export function generationOf(
  { history, stable }: Pick<ConfigurationRecord, 'history' | 'stable'>,
  generation: number,
): ConfigurationGeneration | undefined {
  const isIt = (one: ConfigurationGeneration) => one.generation === generation;
  return history.find(isIt) ?? (stable && isIt(stable) ? stable : undefined);
}

/** Returns the generations whose content is kept, in any order. */
export function keptGenerations({ history, stable }: ConfigurationRecord): number[] {
  const kept = new Set(history.map(({ generation }) => generation));
  if (stable) kept.add(stable.generation);
  return [...kept];
}

/** Returns the last generations; the record is the newest. */
export function historyWith(
  record: Omit<ConfigurationRecord, 'history'>,
  before: readonly ConfigurationGeneration[],
  now: number,
): readonly ConfigurationGeneration[] {
  const { targetCondition, desiredProperties, priority, enforce, generation, contentGeneration, rollout } = record;
  const newest: ConfigurationGeneration = {
    targetCondition,
    desiredProperties,
    priority,
    enforce,
    generation,
    contentGeneration,
    ...(rollout === undefined ? {} : { rollout }),
    writtenAt: now,
  };
  return [newest, ...before].slice(0, LIMITS.generationsKept);
}
