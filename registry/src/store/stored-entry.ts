import type { Entries, EntryKind } from '../store.js';
import type { EncodedDevice } from './encoded-device.js';

/** An entry, and of a device the texts it was read from or written as: what stays the same is not written out again. */
export interface StoredEntry {
  readonly entry: Entries[EntryKind];
  readonly encoded: EncodedDevice | undefined;
}
