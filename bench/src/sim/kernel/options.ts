import { Chance } from './chance.js';

/** What a seed switches on or off: a scenario with every feature makes little progress. */
export const FEATURES = [
  'configurations',
  'conditions',
  'tags',
  'own-layer',
  'removal',
  'disabling',
  'reports',
  'failing-devices',
  'silent-devices',
  'device-restarts',
  'device-amnesia',
  'persistent-sessions',
  'cuts',
  'partitions',
  'duplicates',
  'crashes',
  'crash-after-write',
  'broken-disk',
  'slow-disk',
  'failing-store',
  'lost-wake-ups',
  'trimmed-log',
  'clock-jumps',
  'time',
  'rollouts',
] as const;

export type Feature = (typeof FEATURES)[number];

export interface SimulationOptions {
  readonly seed: number;
  readonly steps: number;
  readonly features: ReadonlySet<Feature>;
  readonly devices: readonly string[];
  readonly configurations: readonly string[];
}

/** Returns the options that follow from a seed. */
export function optionsOf(seed: number, steps: number, without: readonly Feature[] = []): SimulationOptions {
  const chance = new Chance(seed, 'options');
  const share = 0.4 + 0.6 * chance.random();
  const chosen = FEATURES.filter((feature) => chance.is(feature === 'configurations' ? 0.97 : share));
  const features = new Set(chosen.filter((feature) => !without.includes(feature)));
  return {
    seed,
    steps,
    features,
    devices: ['a-1', 'a-2', 'b-1', 'b-2', 'c', 'e'].slice(0, 2 + chance.below(5)),
    configurations: ['k1', 'k2', 'k3', 'k4', 'k5'].slice(0, 2 + chance.below(4)),
  };
}
