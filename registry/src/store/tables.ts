import type { ConfigurationEntry } from '../record/configuration-record.js';
import type { DeviceEntry } from '../record/device-record.js';
import type { StoredEntry, Table } from './codec.js';
import { configurationTable } from './configuration-row.js';
import { deviceTable } from './device-row.js';

/**
 * The entries of each kind. Entries are immutable values; a verb replaces them whole. A new kind is added in this file.
 */
export interface Entries {
  readonly configuration: ConfigurationEntry;
  readonly device: DeviceEntry;
}
export type EntryKind = keyof Entries;

/** In the order in which listeners receive the entries of one flush. */
const TABLES: { readonly [Kind in EntryKind]: Table<Entries[Kind]> } = {
  configuration: configurationTable,
  device: deviceTable,
};

export type AnyEntry = Entries[EntryKind];
/** A table for code that handles all kinds. It passes only values that the table's own codec made. */
export type AnyTable = Table<AnyEntry, StoredEntry<AnyEntry>>;

export const ENTRY_KINDS = Object.keys(TABLES) as readonly EntryKind[];

export function tableOf(kind: EntryKind): AnyTable {
  return TABLES[kind] as AnyTable;
}

/** Returns one value for each kind. */
export function perKind<Value>(make: (kind: EntryKind) => Value): Readonly<Record<EntryKind, Value>> {
  return Object.fromEntries(ENTRY_KINDS.map((kind) => [kind, make(kind)])) as Record<EntryKind, Value>;
}
