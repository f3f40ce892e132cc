import { prefetched, type Registry } from '@muster/registry';
import type { Clock } from '@muster/twin';
import type { BookEntry } from '../configuration-book.js';
import type { Fleet } from '../fleet.js';
import { Slicer } from '../slicer.js';
import { subjectOf } from '../subject.js';
import type { LiveRollout } from './live-rollout.js';

interface GatheringParts {
  readonly fleet: Fleet;
  readonly registry: Pick<Registry, 'readDevice' | 'prefetchDevices'>;
  readonly clock: Clock;
  /** Whether it is of no use any more. */
  readonly isOver: () => boolean;
}

/**
 * Finds those who match and are not admitted, in slices; who changes meanwhile is told of by the worker. Where nobody is
 * admitted, one clock decides for all and the index knows who matches, no record is read. Answers whether all were found.
 */
export async function gatherWaiting(
  live: LiveRollout,
  { condition }: BookEntry,
  { fleet, registry, clock, isOver }: GatheringParts,
): Promise<boolean> {
  const { gathering } = live;
  await fleet.prepare([condition]);
  const found = fleet.find([condition]);
  const isKnown = found.isExact && live.isFresh;
  const slicer = new Slicer(clock);
  for (const id of isKnown ? found.walk() : prefetched(registry, found.walk())) {
    if (isOver() || live.gathering !== gathering) return false;
    const read = isKnown || id === undefined ? undefined : registry.readDevice(id);
    const record = read instanceof Promise ? await read : read;
    if (id !== undefined && !live.settledMeanwhile?.has(id)) {
      if (isKnown) live.waitAnywhere(id);
      else if (record && condition.test(subjectOf(record)) === true && !live.isIn(record.admissions))
        live.wait(id, live.zoneOf(record));
    }
    const pause = slicer.pause();
    if (pause) await pause;
  }
  return live.gathering === gathering;
}
