import { timeText } from '../log/time-text.js';
import { type ConfigurationEntry, isStored } from '../record/configuration-record.js';
import type { Decision } from '../store/store.js';

/** What was noticed of several configurations on a device. */
export interface Quarrel {
  /** One of them quarrels with itself. */
  readonly configurations: readonly string[];
  readonly device: string;
}

/** Tells of a configuration that it quarrels with others; nothing of it changes. One that is gone quarrels with nobody. */
export function noteQuarrel(
  current: ConfigurationEntry | undefined,
  { configurations, device }: Quarrel,
  now: number,
): Decision<'configuration', void> {
  if (!isStored(current)) return { result: undefined };
  const { id, generation } = current;
  const others = configurations.filter((other) => other !== id);
  const data = { change: 'quarrelled', generation, with: others, onDevice: device, at: timeText(now) } as const;
  return { result: undefined, entry: current, changes: [{ kind: 'configuration', configuration: id, data }] };
}
