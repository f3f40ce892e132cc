import type { Candidates, Condition } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import type { BookEntry } from './configuration-book.js';
import type { Fleet } from './fleet.js';
import { subjectOf } from './subject.js';

/** The devices for which a configuration is no longer what it was, or may not be. */
export interface Touched {
  readonly candidates: Candidates;
  /** Asked of each where the candidates are not exact. */
  readonly isTouched: (record: DeviceRecord) => boolean;
}

/**
 * `entries` are what a configuration was, and last what it is; absent where it was not there. Between two that ask the
 * same of their devices only those are touched for whom the condition turned, otherwise all that match any of them.
 */
export function touchedBy(fleet: Fleet, entries: readonly (BookEntry | undefined)[]): Touched {
  const [before, after] = entries;
  if (entries.length === 2 && isLayer(before) && isLayer(after) && isSameLayer(before, after)) {
    const [old, now] = [before.condition, after.condition];
    const isTurned = (record: DeviceRecord): boolean => isTrue(old, record) !== isTrue(now, record);
    return { candidates: fleet.flips(old, now), isTouched: isTurned };
  }
  const conditions = entries.filter(isLayer).map(({ condition }) => condition);
  const matchesAny = (record: DeviceRecord): boolean => conditions.some((one) => isTrue(one, record));
  return { candidates: fleet.find(conditions), isTouched: matchesAny };
}

function isLayer(entry: BookEntry | undefined): entry is BookEntry {
  return entry?.record.enabled === true;
}

function isSameLayer({ record: left }: BookEntry, { record: right }: BookEntry): boolean {
  return left.created === right.created && left.sinceGeneration === right.sinceGeneration;
}

function isTrue(condition: Condition, record: DeviceRecord): boolean {
  return condition.test(subjectOf(record)) === true;
}
