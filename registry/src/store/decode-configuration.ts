import { isSameLayer } from '@muster/twin';
import {
  type ConfigurationEntry,
  type ConfigurationGeneration,
  type ConfigurationRecord,
  isStored,
} from '../configuration-record.js';

/** The configuration in a row. One that was written before rollouts were stored is read as if it never had one. */
export function decodeConfiguration(row: string): ConfigurationEntry {
  const entry = JSON.parse(row) as ConfigurationEntry;
  if (!isStored(entry) || (entry.step as number | undefined) !== undefined) return entry;
  return { ...entry, step: 0, history: traced(entry) };
}

/** Each generation with that in which its layer came to be, as far as the history goes back. */
function traced({ history, sinceGeneration }: ConfigurationRecord): readonly ConfigurationGeneration[] {
  let before: ConfigurationGeneration | undefined;
  const oldestFirst = history.toReversed().map((one) => {
    const isCurrent = one.generation >= sinceGeneration;
    const since = before && isSameLayer(before, one) ? before.sinceGeneration : one.generation;
    before = { ...one, sinceGeneration: isCurrent ? sinceGeneration : since };
    return before;
  });
  return oldestFirst.toReversed();
}
