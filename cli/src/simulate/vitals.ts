/** Measurements of a device. */
export interface Vitals {
  /** Percent. */
  readonly battery: number;
  readonly isCharging: boolean;
  /** Degrees Celsius, to a tenth. */
  readonly temperature: number;
}

const TEMPERATURE_MEAN = 24;
const BATTERY_EMPTY = 15;

export function firstVitals(random: () => number): Vitals {
  return { battery: 40 + Math.floor(random() * 61), isCharging: false, temperature: tenths(18 + random() * 12) };
}

/** Returns the next measurements: the battery drains and recharges, the temperature varies around its mean. */
export function nextVitals({ battery, isCharging, temperature }: Vitals, random: () => number): Vitals {
  const step = Math.floor(random() * (isCharging ? 6 : 3));
  const next = Math.min(100, Math.max(0, battery + (isCharging ? step : -step)));
  const wander = (random() - 0.5) * 2 + (TEMPERATURE_MEAN - temperature) * 0.05;
  return {
    battery: next,
    isCharging: isCharging ? next < 100 : next <= BATTERY_EMPTY,
    temperature: tenths(temperature + wander),
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
