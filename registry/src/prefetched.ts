import type { Registry } from './registry.js';

/** The limit of `prefetchDevices`. */
const ANNOUNCED_MAX = 64;

/**
 * Yields `ids` as they are, and announces them to the store some at a time, so that reading each device is cheap where
 * they are in order. `undefined` is no id: it is yielded at its place, after the ids before it.
 */
export function* prefetched<Id extends string | undefined>(
  registry: Pick<Registry, 'prefetchDevices'>,
  ids: Iterable<Id>,
): Generator<Id> {
  let some: Id[] = [];
  for (const id of ids) {
    some.push(id);
    if (id !== undefined && some.length < ANNOUNCED_MAX) continue;
    yield* announced(registry, some);
    some = [];
  }
  yield* announced(registry, some);
}

function announced<Id extends string | undefined>(
  registry: Pick<Registry, 'prefetchDevices'>,
  ids: readonly Id[],
): readonly Id[] {
  registry.prefetchDevices(ids.filter((id) => id !== undefined));
  return ids;
}
