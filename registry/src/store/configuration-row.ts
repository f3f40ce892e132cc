import { isSameLayer } from '@muster/twin';
import {
  type ConfigurationEntry,
  type ConfigurationGeneration,
  type ConfigurationRecord,
  isStored,
} from '../record/configuration-record.js';
import type { Table } from './codec.js';

/** Configurations as rows: each is one JSON object. */
export const configurationTable: Table<ConfigurationEntry> = {
  name: 'configurations',
  // Followers insert its conditions into an index.
  weight: 16,
  isCached: () => true,
  openCodec: () => ({
    decode: (_id, row) => ({ entry: decodeConfiguration(row) }),
    encode: (entry) => ({ entry }),
    rowOf: ({ entry }) => JSON.stringify(entry),
  }),
};

/** Reads a row. A configuration from before rollouts were stored reads as one that never had a rollout. */
export function decodeConfiguration(row: string): ConfigurationEntry {
  const entry = JSON.parse(row) as ConfigurationEntry;
  if (!isStored(entry) || (entry.step as number | undefined) !== undefined) return entry;
  return { ...entry, step: 0, history: traced(entry) };
}

/** Adds to each generation the first one with the same layer, as far as the history goes back. */
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
