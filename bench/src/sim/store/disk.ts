import type { Change, CommittedEntry, Entries, EntryKind, NewChange } from '@muster/registry';
import type { Decided, Observation } from '../observation/observation.js';

export interface Commit extends Decided {
  readonly kind: EntryKind;
  readonly id: string;
  readonly entry: Entries[EntryKind] | undefined;
  readonly changes: readonly Change[];
}

type Tables = { readonly [Kind in EntryKind]: Map<string, Entries[Kind]> };

/** The state that outlives a process: entries and log on disk, and the writes in flight. */
export class Disk {
  readonly #tables: Tables = { device: new Map(), configuration: new Map() };
  readonly #observe: (event: Observation) => void;
  #log: Change[] = [];
  #head = 0;
  #pending: Commit[] = [];
  #decidedHead = 0;
  /** Writes on disk whose writer was told that they failed. They are not visible before the next start. */
  #unseen: Commit[] = [];
  #commits = 0;

  constructor(observe: (event: Observation) => void) {
    this.#observe = observe;
  }

  /** Number of commits that ever reached the disk. */
  get commits(): number {
    return this.#commits;
  }

  get isSettled(): boolean {
    return this.#pending.length === 0;
  }

  read<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#table(kind).get(id);
  }

  /** Returns the entry that decisions see; it may be in flight. */
  latest<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    const pending = this.#pending.findLast((one) => one.kind === kind && one.id === id && one.entry);
    return pending ? (pending.entry as Entries[Kind]) : this.read(kind, id);
  }

  isPending(kind: EntryKind, id: string): boolean {
    return this.#pending.some((one) => one.kind === kind && one.id === id);
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): Entries[Kind][] {
    const ids = [...this.#table(kind).keys()].filter((id) => id > after).sort();
    return ids.slice(0, limit).map((id) => this.#table(kind).get(id) as Entries[Kind]);
  }

  changes(after: number, limit: number): { changes: Change[]; oldest: number; head: number } {
    const oldest = this.#log[0]?.sequence ?? this.#head + 1;
    const start = Math.max(0, after + 1 - oldest);
    return { changes: this.#log.slice(start, start + limit), oldest, head: this.#head };
  }

  decide(
    kind: EntryKind,
    id: string,
    entry: Entries[EntryKind] | undefined,
    { changes, ...decided }: Decided & { readonly changes: readonly NewChange[] },
  ): void {
    const placed = changes.map((change, index) => ({ ...change, sequence: this.#decidedHead + 1 + index }));
    this.#decidedHead += placed.length;
    this.#pending.push({ kind, id, entry, changes: placed, ...decided });
  }

  get head(): number {
    return this.#head;
  }

  /** The oldest writes in flight reach the disk together. Returns what to tell: writes of one entry as one pair. */
  flush(count = this.#pending.length): CommittedEntry[] {
    const pairs = new Map<string, { -readonly [Name in keyof CommittedEntry]: CommittedEntry[Name] }>();
    for (const commit of this.#pending.splice(0, count)) {
      const { kind, id, changes } = commit;
      const before = this.read(kind, id);
      this.#commit(commit);
      const after = this.read(kind, id);
      if (!after) continue;
      const known = pairs.get(`${kind} ${id}`);
      const pair = { kind, before: known ? known.before : before, after, sequence: 0 };
      pairs.set(`${kind} ${id}`, { ...pair, changes: [...(known?.changes ?? []), ...changes] } as CommittedEntry);
    }
    return [...pairs.values()].map((pair) => ({ ...pair, sequence: this.#head }) as CommittedEntry);
  }

  /** The writes in flight are lost, except the oldest `kept`. */
  lose(kept: number): void {
    this.flush(kept);
    this.#pending = [];
    for (const commit of this.#unseen.splice(0)) this.#commit(commit);
    this.#decidedHead = this.#head;
  }

  /** The disk takes no more writes before the next start, which finds the oldest `kept` writes in flight. */
  fail(kept: number): void {
    this.#unseen.push(...this.#pending.slice(0, kept));
    this.#pending = [];
  }

  trim(kept: number): void {
    this.#log = this.#log.slice(-Math.max(1, kept));
  }

  #commit({ kind, id, entry, changes, decidedMs, jumps }: Commit): void {
    const before = this.read(kind, id);
    if (entry) this.#table(kind).set(id, entry as never);
    this.#log.push(...changes);
    this.#head = changes.at(-1)?.sequence ?? this.#head;
    this.#commits += 1;
    const seen = { kind: 'committed', entryKind: kind, id, before, after: entry ?? before } as const;
    this.#observe({ ...seen, changes, decidedMs, jumps });
  }

  #table<Kind extends EntryKind>(kind: Kind): Map<string, Entries[Kind]> {
    return this.#tables[kind] as unknown as Map<string, Entries[Kind]>;
  }
}
