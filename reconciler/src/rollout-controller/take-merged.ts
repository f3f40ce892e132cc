import type { Waiting } from './waiting.js';

/** Those of one list, and the order of its first. */
interface Source {
  readonly waiting: Waiting;
  readonly order: number;
}

/**
 * The first ones of several lists, up to a count, in order; they wait no longer. The lists are a heap by their first
 * device. Two of them seldom have the same order, and then it does not matter which comes first.
 */
export function takeMerged(lists: readonly Waiting[], count: number): number[] {
  const heap = lists.flatMap(sourceOf).sort((left, right) => left.order - right.order);
  const taken: number[] = [];
  for (let [top] = heap; top && taken.length < count; [top] = heap) {
    taken.push(...top.waiting.take(1));
    const [next] = sourceOf(top.waiting);
    const last = next ?? heap.pop();
    if (last && heap.length > 0) sink(heap, last);
  }
  return taken;
}

function sourceOf(waiting: Waiting): Source[] {
  const first = waiting.first();
  return first ? [{ waiting, order: first.order }] : [];
}

/** Puts it in the place of the top, and then below whatever comes before it. */
function sink(heap: Source[], source: Source): void {
  let place = 0;
  for (;;) {
    const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
    const isRight = left !== undefined && right !== undefined && right.order < left.order;
    const child = isRight ? right : left;
    if (child === undefined || child.order >= source.order) break;
    heap[place] = child;
    place = 2 * place + (isRight ? 2 : 1);
  }
  heap[place] = source;
}
