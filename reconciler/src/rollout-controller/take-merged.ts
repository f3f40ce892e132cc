import type { Waiting } from './waiting.js';

/** A list, and the order of its first device. */
interface Source {
  readonly waiting: Waiting;
  readonly order: number;
}

/**
 * Removes and returns the first devices of several lists, at most `count`, in order. The lists form a heap by their
 * first device. Two devices rarely have the same order; then either may come first.
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

/** Replaces the top of the heap, and moves it down to its place. */
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
