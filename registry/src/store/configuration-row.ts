import { isSameLayer } from '@muster/twin';
import {
  type ConfigurationEntry,
  type ConfigurationGeneration,
  type ConfigurationRecord,
  isStored,
} from '../record/configuration-record.js';
import type { Table } from './codec.js';

type Names = Readonly<Record<string, string>>;

/** Configurations as rows: each is one JSON object. */
export const configurationTable: Table<ConfigurationEntry> = {
  name: 'configurations',
  // Followers insert its conditions into an index.
  weight: 16,
  isCached: () => true,
  openCodec: () => ({
    decode: (_id, row) => ({ entry: decodeConfiguration(row) }),
    encode: (entry) => ({ entry }),
    rowOf: ({ entry }) => encodeConfiguration(entry),
  }),
};

/** Rows keep the names that earlier versions gave to members. */
const STORED_NAMES = { contentGeneration: 'sinceGeneration', progressRevision: 'step' };
const MEMBER_NAMES = { sinceGeneration: 'contentGeneration', step: 'progressRevision' };

export function encodeConfiguration(entry: ConfigurationEntry): string {
  return JSON.stringify(isStored(entry) ? withNames(entry, STORED_NAMES) : entry);
}

/** Reads a row. A configuration from before rollouts were stored reads as one that never had a rollout. */
export function decodeConfiguration(row: string): ConfigurationEntry {
  const stored = JSON.parse(row) as ConfigurationEntry;
  if (!isStored(stored)) return stored;
  const entry = withNames(stored, MEMBER_NAMES);
  if ((entry.progressRevision as number | undefined) !== undefined) return entry;
  return { ...entry, progressRevision: 0, history: traced(entry) };
}

/** Renames members of the record and its generations, and keeps their order. */
function withNames(record: ConfigurationRecord, names: Names): ConfigurationRecord {
  const { history, stable } = record;
  const renamed = { ...withNamesOf(record, names), history: history.map((one) => withNamesOf(one, names)) };
  return stable ? { ...renamed, stable: withNamesOf(stable, names) } : renamed;
}

function withNamesOf<Part extends object>(part: Part, names: Names): Part {
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [names[name] ?? name, value])) as Part;
}

/** Adds to each generation the first one with the same layer, as far as the history goes back. */
function traced({ history, contentGeneration }: ConfigurationRecord): readonly ConfigurationGeneration[] {
  let before: ConfigurationGeneration | undefined;
  const oldestFirst = history.toReversed().map((one) => {
    const isCurrent = one.generation >= contentGeneration;
    const since = before && isSameLayer(before, one) ? before.contentGeneration : one.generation;
    before = { ...one, contentGeneration: isCurrent ? contentGeneration : since };
    return before;
  });
  return oldestFirst.toReversed();
}
