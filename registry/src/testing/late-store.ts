import { type Cancel, TwinError } from '@muster/twin';
import type { Change } from '../log/change.js';
import { numbered, type TrimBounds, trimmed } from '../log/change-tail.js';
import { Followers } from '../store/followers.js';
import { MemoryTable } from '../store/memory-table.js';
import type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  CommittedEntry,
  Decision,
  Entries,
  EntryKind,
  Store,
} from '../store/store.js';
import { type AnyEntry, perKind } from '../store/tables.js';

interface Write {
  readonly kind: EntryKind;
  readonly before: Entries[EntryKind] | undefined;
  readonly after: Entries[EntryKind];
  readonly changes: readonly Change[];
}

interface Flush {
  readonly writes: Map<string, Write>;
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  head: number;
}

const OPEN_TURNS_MAX = 2;
const LATE_TURNS_MAX = 4;

/**
 * A memory store whose flushes end late, by a number of turns of the event loop drawn from `seed`. Several flushes are in
 * flight at a time, and several writes of one entry become one pair. A flush fails if `isFailing` returns true for its
 * number, and so do those that were decided on top of it.
 */
export class LateStore implements Store {
  readonly #tables = perKind(() => new MemoryTable<AnyEntry>());
  readonly #followers = new Followers();
  readonly #isFailing: (flush: number) => boolean;
  #state: number;
  #log: Change[] = [];
  #head = 0;
  #decidedHead = 0;
  #count = 0;
  /** Oldest first; the newest may still take writes. */
  #flushes: Flush[] = [];
  #isOpen = false;
  #isFlushing = false;

  constructor(seed = 1, isFailing: (flush: number) => boolean = () => false) {
    this.#state = seed;
    this.#isFailing = isFailing;
  }

  read<Kind extends EntryKind>(kind: Kind, id: string): Entries[Kind] | undefined {
    return this.#table(kind).get(id);
  }

  readMany<Kind extends EntryKind>(kind: Kind, ids: readonly string[]): readonly (Entries[Kind] | undefined)[] {
    return ids.map((id) => this.read(kind, id));
  }

  scan<Kind extends EntryKind>(kind: Kind, after: string, limit: number): readonly Entries[Kind][] {
    return this.#table(kind).above(after, limit);
  }

  update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Awaitable<Committed<Result>> {
    const seen = this.#inFlight(kind, id);
    const durable = seen?.durable ?? Promise.resolve();
    const latest = (seen?.writes.get(keyOf(kind, id))?.after ?? this.read(kind, id)) as Entries[Kind] | undefined;
    try {
      const { result, entry, changes = [] } = decide(latest);
      if (!entry) return { result, durable };
      return { result, durable: this.#write({ kind, before: latest, after: entry, changes: this.#number(changes) }) };
    } catch (error) {
      return durable.then(() => Promise.reject(error));
    }
  }

  async changes(after: number, limit: number): Promise<ChangePage> {
    const oldest = this.#log[0]?.sequence ?? this.#head + 1;
    const start = Math.max(0, after + 1 - oldest);
    return { changes: this.#log.slice(start, start + limit), oldest, head: this.#head };
  }

  head(): number {
    return this.#head;
  }

  async trim(bounds: TrimBounds): Promise<void> {
    this.#log = trimmed(this.#log, bounds);
  }

  follow(wake: () => void): Cancel {
    return this.#followers.follow(wake);
  }

  onCommit(listener: CommitListener): Cancel {
    return this.#followers.onCommit(listener);
  }

  async close(): Promise<void> {
    while (this.#flushes.length > 0) await this.#flushes.at(-1)?.durable.catch(() => {});
  }

  #number(changes: Parameters<typeof numbered>[0]): readonly Change[] {
    const placed = numbered(changes, this.#decidedHead);
    this.#decidedHead += placed.length;
    return placed;
  }

  #write(write: Write): Promise<void> {
    const flush = (this.#isOpen && this.#flushes.at(-1)) || this.#openFlush();
    const key = keyOf(write.kind, write.after.id);
    const known = flush.writes.get(key);
    const merged = known && { ...write, before: known.before, changes: [...known.changes, ...write.changes] };
    flush.writes.set(key, merged ?? write);
    flush.head = this.#decidedHead;
    return flush.durable;
  }

  #openFlush(): Flush {
    const { promise, resolve, reject } = withResolvers();
    promise.catch(() => {});
    const flush: Flush = { writes: new Map(), durable: promise, resolve, reject, head: 0 };
    this.#flushes.push(flush);
    this.#isOpen = true;
    void turns(1 + this.#below(OPEN_TURNS_MAX)).then(() => {
      if (this.#flushes.at(-1) === flush) this.#isOpen = false;
      if (!this.#isFlushing) void this.#flushAll();
    });
    return flush;
  }

  async #flushAll(): Promise<void> {
    this.#isFlushing = true;
    for (let flush = this.#flushes[0]; flush; flush = this.#flushes[0]) {
      await turns(1 + this.#below(LATE_TURNS_MAX));
      if (this.#flushes.length === 1) this.#isOpen = false;
      this.#count += 1;
      if (this.#isFailing(this.#count)) this.#fail();
      else this.#commit(flush);
    }
    this.#isFlushing = false;
  }

  #commit({ writes, head, resolve }: Flush): void {
    this.#flushes.shift();
    const changes = [...writes.values()].flatMap((write) => write.changes);
    for (const { kind, after } of writes.values()) this.#table(kind).set(after.id, after as never);
    this.#log.push(...changes.sort((left, right) => left.sequence - right.sequence));
    this.#head = head;
    this.#followers.tell([...writes.values()].map((write) => ({ ...write, sequence: head }) as CommittedEntry));
    resolve();
    if (changes.length > 0) this.#followers.wake();
  }

  /** Later flushes were decided on top of this one, so they fail with it. */
  #fail(): void {
    const failed = this.#flushes;
    this.#flushes = [];
    this.#isOpen = false;
    this.#decidedHead = this.#head;
    for (const { reject } of failed) reject(new TwinError('unavailable', 'the flush failed'));
  }

  #inFlight(kind: EntryKind, id: string): Flush | undefined {
    return this.#flushes.findLast(({ writes }) => writes.has(keyOf(kind, id)));
  }

  /** The generator of Park and Miller. */
  #below(count: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % count;
  }

  #table<Kind extends EntryKind>(kind: Kind): MemoryTable<Entries[Kind]> {
    return this.#tables[kind] as unknown as MemoryTable<Entries[Kind]>;
  }
}

function keyOf(kind: EntryKind, id: string): string {
  return `${kind} ${id}`;
}

function withResolvers(): Pick<Flush, 'resolve' | 'reject'> & { readonly promise: Promise<void> } {
  let resolve = (): void => {};
  let reject = (_error: Error): void => {};
  const promise = new Promise<void>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
