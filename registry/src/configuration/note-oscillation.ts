import { timeText } from '../log/time-text.js';
import { type ConfigurationEntry, isStored } from '../record/configuration-record.js';
import type { Decision } from '../store/store.js';

/** Configurations that oscillate on a device. */
export interface Oscillation {
  /** A single one oscillates with itself. */
  readonly configurations: readonly string[];
  readonly device: string;
}

/** Records that a configuration oscillates with others; changes nothing else. Skips deleted configurations. */
export function noteOscillation(
  current: ConfigurationEntry | undefined,
  { configurations, device }: Oscillation,
  now: number,
): Decision<'configuration', void> {
  if (!isStored(current)) return { result: undefined };
  const { id, generation } = current;
  const others = configurations.filter((other) => other !== id);
  const data = { change: 'quarrelled', generation, with: others, onDevice: device, at: timeText(now) } as const;
  return { result: undefined, entry: current, changes: [{ kind: 'configuration', configuration: id, data }] };
}
