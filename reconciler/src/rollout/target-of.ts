import { LIMITS } from '@muster/twin';

const SCALE = 10 ** LIMITS.percentDecimalsMax;
const WHOLE = 100 * SCALE;

/** Number of matching devices that a phase admits: the share rounded up, exact to one device. */
export function targetOf(percent: number, matching: number): number {
  const parts = partsOf(percent) * matching;
  const rest = parts % WHOLE;
  return (parts - rest) / WHOLE + (rest > 0 ? 1 : 0);
}

/** Whether `count` of `total` is more than the percent, exactly. False for 0 of 0. */
export function exceedsPercent(count: number, total: number, percent: number): boolean {
  return count * WHOLE > partsOf(percent) * total;
}

/** A percent as a whole number, so that all arithmetic is on integers that doubles hold exactly. */
function partsOf(percent: number): number {
  return Math.round(percent * SCALE);
}
