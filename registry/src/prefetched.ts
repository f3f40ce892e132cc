import type { Devices } from './device/devices.js';

/** The limit of `Devices.prefetch`. */
const ANNOUNCED_MAX = 64;

/**
 * Yields `ids` as they are, and announces them to the store some at a time, so that reading each device is cheap where
 * they are in order. `undefined` is no id: it is yielded at its place, after the ids before it.
 */
export function* prefetched<Id extends string | undefined>(
  devices: Pick<Devices, 'prefetch'>,
  ids: Iterable<Id>,
): Generator<Id> {
  let some: Id[] = [];
  for (const id of ids) {
    some.push(id);
    if (id !== undefined && some.length < ANNOUNCED_MAX) continue;
    yield* announced(devices, some);
    some = [];
  }
  yield* announced(devices, some);
}

function announced<Id extends string | undefined>(
  devices: Pick<Devices, 'prefetch'>,
  ids: readonly Id[],
): readonly Id[] {
  devices.prefetch(ids.filter((id) => id !== undefined));
  return ids;
}
