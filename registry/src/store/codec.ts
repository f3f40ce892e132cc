/** An entry that a codec read or wrote. A codec may keep more with it, to encode the next version faster. */
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

/** How entries of one kind are stored. */
export interface Table<Entry, Stored extends StoredEntry<Entry> = StoredEntry<Entry>> {
  /** The name of the table on disk. */
  readonly name: string;
  /** The time that an entry costs writers and followers, in devices. */
  readonly weight: number;
  /** Whether the decoded entry stays in memory. */
  isCached(entry: Entry): boolean;
  openCodec(): Codec<Entry, Stored>;
}
