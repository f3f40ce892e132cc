import { LIMITS } from '@muster/twin';

const SCALE = 10 ** LIMITS.percentDecimalsMax;
const WHOLE = 100 * SCALE;

/** How many devices of those that match a phase is to admit: the share rounded up, exact to one device. */
export function targetOf(percent: number, matching: number): number {
  const parts = partsOf(percent) * matching;
  const rest = parts % WHOLE;
  return (parts - rest) / WHOLE + (rest > 0 ? 1 : 0);
}

/** Whether `count` of `total` is more than the percent, exactly. Nothing of nothing is not. */
export function exceedsPercent(count: number, total: number, percent: number): boolean {
  return count * WHOLE > partsOf(percent) * total;
}

/** A percent as a whole number: the rest is done with integers, of which doubles hold all that come up here. */
function partsOf(percent: number): number {
  return Math.round(percent * SCALE);
}
