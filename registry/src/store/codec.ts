/** An entry as a codec read or wrote it. A codec may keep more beside it, to write the next version faster. */
export interface StoredEntry<Entry> {
  readonly entry: Entry;
}

/** Translates entries of one kind to rows of text and back. It may remember rows, so each store opens its own. */
export interface Codec<Entry, Stored extends StoredEntry<Entry>> {
  decode(id: string, row: string): Stored;
  /** `before`: the version that was read or written before this one. */
  encode(entry: Entry, before: Stored | undefined): Stored;
  rowOf(stored: Stored): string;
}

/** A kind of entry: how it is stored. */
export interface Table<Entry, Stored extends StoredEntry<Entry> = StoredEntry<Entry>> {
  /** Of its rows on disk. */
  readonly name: string;
  /** How many devices' worth of time an entry costs its writers and followers. */
  readonly weight: number;
  /** Whether the decoded entry stays in memory. */
  isCached(entry: Entry): boolean;
  openCodec(): Codec<Entry, Stored>;
}
