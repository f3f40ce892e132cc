import { DURATION_UNITS } from '@muster/twin';

const SECOND_MS = 1_000;
const UNITS = DURATION_UNITS.filter(([, unitMs]) => unitMs >= SECOND_MS);

/** A time span in whole seconds, rounded up, in its two largest units, such as `23h 12m`. */
export function spanText(milliseconds: number): string {
  let restMs = Math.max(0, Math.ceil(milliseconds / SECOND_MS)) * SECOND_MS;
  const first = UNITS.findIndex(([, unitMs]) => restMs >= unitMs);
  if (first < 0) return '0s';
  const parts: string[] = [];
  for (const [name, unitMs] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
}
