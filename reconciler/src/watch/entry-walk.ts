import type { Awaitable, CommittedEntry, EntryKind } from '@muster/registry';
import type { Clock } from '@muster/twin';
import { Slicer } from '../workqueue/slicer.js';

interface Identified {
  readonly id: string;
}

type ReadPage<Entry> = (after: string, limit: number) => Awaitable<readonly Entry[]>;

/**
 * Walks over stored entries while commits arrive. A page never holds an entry older than the last commit of its id.
 * Entries committed while the page was read are left out, and a page is visited in the turn in which it was read. So a
 * walk and the commits may feed the same state in any order.
 */
export class EntryWalk {
  readonly #clock: Clock;
  /** Ids committed during each read in flight. */
  readonly #reads: Record<EntryKind, Set<Set<string>>> = { device: new Set(), configuration: new Set() };
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every walk ends at its next page. */
  stop(): void {
    this.#isStopped = true;
  }

  committed({ kind, after }: CommittedEntry): void {
    for (const told of this.#reads[kind]) told.add(after.id);
  }

  /** Visits all entries in id order, at most `limit` in a turn of the event loop; returns whether it got to the end. */
  async all<Entry extends Identified>(
    kind: EntryKind,
    read: ReadPage<Entry>,
    { limit }: { readonly limit: number },
    visit: (page: readonly Entry[]) => void,
  ): Promise<boolean> {
    const slicer = new Slicer(this.#clock);
    for (let after: string | undefined = ''; after !== undefined; ) {
      after = await this.page(kind, read, { after, limit }, visit);
      if (this.#isStopped) return false;
      const pause = slicer.pause();
      if (pause) await pause;
    }
    return true;
  }

  /** Visits one page; returns the id to continue after, undefined at the end. */
  async page<Entry extends Identified>(
    kind: EntryKind,
    read: ReadPage<Entry>,
    { after, limit }: { readonly after: string; readonly limit: number },
    visit: (page: readonly Entry[]) => void,
  ): Promise<string | undefined> {
    const told = new Set<string>();
    this.#reads[kind].add(told);
    try {
      const reading = read(after, limit);
      const page = reading instanceof Promise ? await reading : reading;
      if (!this.#isStopped) visit(told.size === 0 ? page : page.filter(({ id }) => !told.has(id)));
      return page.length < limit ? undefined : page.at(-1)?.id;
    } finally {
      this.#reads[kind].delete(told);
    }
  }
}
