import { isId, TwinError } from '@muster/twin';
import { createRandomOf, pick } from './random.js';

/** The identity of a simulated device; depends only on the seed and its number. */
export interface DevicePlan {
  readonly id: string;
  readonly tags: { readonly region: string; readonly site: string; readonly simulated: true };
  readonly firmware: string;
}

export interface FleetOptions {
  readonly count: number;
  /** An id is the prefix, a dash and a number. */
  readonly prefix: string;
  readonly seed: number;
}

const REGIONS = ['eu', 'us', 'apac'] as const;
const SITES_PER_REGION = ['1', '2', '3', '4'] as const;
const FIRMWARES = ['3.0.4', '3.1.0', '3.1.2'] as const;
const DIGITS_MIN = 4;

export function planFleet({ count, prefix, seed }: FleetOptions): DevicePlan[] {
  const digits = Math.max(DIGITS_MIN, String(count).length);
  const plans = Array.from({ length: count }, (_, index) => {
    const id = `${prefix}-${String(index + 1).padStart(digits, '0')}`;
    return planDevice(id, createRandomOf(seed, index));
  });
  const bad = plans.find(({ id }) => !isId(id));
  if (bad === undefined) return plans;
  throw new TwinError('bad-id', `--prefix ${prefix}: ${bad.id} is not an id; use letters, digits and . _ : ~ @ -`);
}

function planDevice(id: string, random: () => number): DevicePlan {
  const region = pick(REGIONS, random);
  const site = `${region}-${pick(SITES_PER_REGION, random)}`;
  return { id, tags: { region, site, simulated: true }, firmware: pick(FIRMWARES, random) };
}
