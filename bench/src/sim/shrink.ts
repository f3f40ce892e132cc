import { FEATURES, optionsOf } from './kernel/options.js';
import type { Mutation } from './mutations/mutation.js';
import { type SimulationResult, simulate } from './simulate.js';

/** Maximum attempts to shorten a failure. */
const ATTEMPTS_MAX = 150;

/**
 * Removes commands as long as the same checker fails: halves first, then quarters, down to single ones. The result is
 * shorter, not necessarily the shortest.
 */
export async function shrink(failed: SimulationResult, mutation?: Mutation): Promise<SimulationResult> {
  let best = failed;
  let attempts = 0;
  const isStillWrong = async (only: readonly number[]): Promise<boolean> => {
    attempts += 1;
    const result = await simulate({ options: failed.options, only, ...(mutation ? { mutation } : {}) });
    if (result.failure?.checker !== failed.failure?.checker) return false;
    best = result;
    return true;
  };
  for (let size = Math.ceil(best.performed.length / 2); size >= 1 && attempts < ATTEMPTS_MAX; ) {
    let isShorter = false;
    for (let start = 0; start < best.performed.length && attempts < ATTEMPTS_MAX; ) {
      const { performed } = best;
      const only = [...performed.slice(0, start), ...performed.slice(start + size)];
      if (await isStillWrong(only)) isShorter = true;
      else start += size;
    }
    if (size === 1 && !isShorter) break;
    size = isShorter && size === 1 ? 1 : Math.floor(size / 2);
  }
  return best;
}

/** Describes the features that a seed switches on and off. */
export function featuresText(seed: number, steps: number): string {
  const { features } = optionsOf(seed, steps);
  const without = FEATURES.filter((feature) => !features.has(feature));
  return `with ${[...features].join(' ')}; without ${without.join(' ') || 'nothing'}`;
}
