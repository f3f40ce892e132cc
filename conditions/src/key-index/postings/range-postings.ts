import type { Json } from '@muster/twin';
import { SortedChunks } from '../../collections/sorted-chunks.js';
import { type Bound, compareBounds, intervalType, isAbove } from '../../language/bound.js';
import type { RangeKey } from '../access/access-key.js';
import { type ListVisitor, PostingList } from './posting-list.js';

/**
 * Ranges of numbers and of texts, apart. Ranges with one end are sorted by it, so that the ranges of a value are the
 * first or the last of them.
 */
export class RangePostings {
  readonly #byType = { number: new TypedRanges(), string: new TypedRanges() };

  get size(): number {
    return this.#byType.number.size + this.#byType.string.size;
  }

  find(key: RangeKey): PostingList | undefined {
    return this.#rangesOf(key).find(key);
  }

  open(key: RangeKey): PostingList {
    return this.#rangesOf(key).open(key);
  }

  drop(key: RangeKey): void {
    this.#rangesOf(key).drop(key);
  }

  visit(value: Json, visit: ListVisitor): void {
    if (typeof value === 'number') this.#byType.number.visit(value, visit);
    else if (typeof value === 'string') this.#byType.string.visit(value, visit);
  }

  #rangesOf(key: RangeKey): TypedRanges {
    return this.#byType[intervalType(key)];
  }
}

interface Range {
  readonly above: Bound | undefined;
  readonly below: Bound | undefined;
  readonly list: PostingList;
}

class TypedRanges {
  readonly #above = new SortedChunks<Range>(compareRanges);
  readonly #below = new SortedChunks<Range>(compareRanges);
  readonly #between = new SortedChunks<Range>(compareRanges);

  get size(): number {
    return this.#above.chunks.length + this.#below.chunks.length + this.#between.chunks.length;
  }

  find(key: RangeKey): PostingList | undefined {
    return this.#storeOf(key).find(rangeOf(key))?.list;
  }

  open(key: RangeKey): PostingList {
    const [store, range] = [this.#storeOf(key), rangeOf(key)];
    const known = store.find(range);
    if (known) return known.list;
    store.add(range);
    return range.list;
  }

  drop(key: RangeKey): void {
    this.#storeOf(key).remove(rangeOf(key));
  }

  visit(value: number | string, visit: ListVisitor): void {
    const isPast = ({ above }: Range) => above !== undefined && !isAbove(value, above);
    const isFrom = ({ below }: Range) => below !== undefined && !isAbove(value, below);
    this.#above.visit(always, isPast, ({ list }) => visit(list));
    this.#below.visit(isFrom, never, ({ list }) => visit(list));
    this.#visitBetween(value, visit);
  }

  /** Ranges are sorted by lower end; a chunk whose ranges all end below the value is skipped. */
  #visitBetween(value: number | string, visit: ListVisitor): void {
    for (const chunk of this.#between.chunks) {
      const [first] = chunk.items;
      if (first?.above && !isAbove(value, first.above)) return;
      chunk.furthest ??= chunk.items.reduce(furthest);
      if (chunk.furthest.below && isAbove(value, chunk.furthest.below)) continue;
      for (const { above, below, list } of chunk.items) {
        if (above && below && isAbove(value, above) && !isAbove(value, below)) visit(list);
      }
    }
  }

  #storeOf({ above, below }: RangeKey): SortedChunks<Range> {
    if (above && below) return this.#between;
    return above ? this.#above : this.#below;
  }
}

const always = () => true;
const never = () => false;

function rangeOf({ above, below }: RangeKey): Range {
  return { above, below, list: new PostingList() };
}

function compareRanges(left: Range, right: Range): number {
  return compareEnds(left.above, right.above) || compareEnds(left.below, right.below);
}

/** Within a store, either all ranges have this end or none has. */
function compareEnds(left: Bound | undefined, right: Bound | undefined): number {
  return left && right ? compareBounds(left, right) : 0;
}

function furthest(left: Range, right: Range): Range {
  return compareEnds(left.below, right.below) < 0 ? right : left;
}
