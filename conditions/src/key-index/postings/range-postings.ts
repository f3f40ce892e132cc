import type { Json } from '@muster/twin';
import { SortedChunks } from '../../collections/sorted-chunks.js';
import { type Cut, compareCuts, intervalType, isAbove } from '../../language/bound.js';
import type { RangeKey } from '../access/access-key.js';
import { PostingList, type See } from './posting-list.js';

/**
 * By where a number or a text lies, each type by itself. Ranges with one end stand in the order of it: those that a
 * value has are the first or the last of them.
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

  visit(value: Json, see: See): void {
    if (typeof value === 'number') this.#byType.number.visit(value, see);
    else if (typeof value === 'string') this.#byType.string.visit(value, see);
  }

  #rangesOf(key: RangeKey): TypedRanges {
    return this.#byType[intervalType(key)];
  }
}

interface Range {
  readonly above: Cut | undefined;
  readonly below: Cut | undefined;
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

  visit(value: number | string, see: See): void {
    const isPast = ({ above }: Range) => above !== undefined && !isAbove(value, above);
    const isFrom = ({ below }: Range) => below !== undefined && !isAbove(value, below);
    this.#above.visit(always, isPast, ({ list }) => see(list));
    this.#below.visit(isFrom, never, ({ list }) => see(list));
    this.#visitBetween(value, see);
  }

  /** In the order of their lower ends; a chunk in which no range reaches up to the value is passed over. */
  #visitBetween(value: number | string, see: See): void {
    for (const chunk of this.#between.chunks) {
      const [first] = chunk.items;
      if (first?.above && !isAbove(value, first.above)) return;
      chunk.reach ??= chunk.items.reduce(furthest);
      if (chunk.reach.below && isAbove(value, chunk.reach.below)) continue;
      for (const { above, below, list } of chunk.items) {
        if (above && below && isAbove(value, above) && !isAbove(value, below)) see(list);
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

/** Within a store either all ranges have this end or none has. */
function compareEnds(left: Cut | undefined, right: Cut | undefined): number {
  return left && right ? compareCuts(left, right) : 0;
}

function furthest(left: Range, right: Range): Range {
  return compareEnds(left.below, right.below) < 0 ? right : left;
}
