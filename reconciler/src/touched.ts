import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import type { BookEntry } from './configuration-book.js';
import type { Fleet } from './fleet.js';
import { type Edition, labelOf } from './holders.js';
import { subjectOf } from './subject.js';

/** Devices that may have to change for a configuration. */
export interface Touched {
  readonly candidates: Candidates;
  /** Asked of each where the candidates are not exact. */
  readonly isTouched: (record: DeviceRecord) => boolean;
}

/**
 * The devices that have of a configuration what it no longer is, those that have it and do not match, and those that
 * match and do not have it. It depends on what devices have and on what the configuration is now, never on what it was:
 * whatever happened meanwhile, and in whatever order it is heard of, nobody is missed.
 */
export function touchedBy(fleet: Fleet, id: string, entry: BookEntry | undefined): Touched[] {
  const current = entry?.record.enabled ? entry : undefined;
  const edition = current && editionOf(current);
  const outdated = fleet
    .editions(id)
    .filter((one) => !edition || labelOf(one) !== labelOf(edition))
    .map((one) => ({ candidates: fleet.holders(one), isTouched: () => true }));
  if (!current || !edition) return outdated;
  const isTurned = (record: DeviceRecord): boolean =>
    holds(record, edition) !== (current.condition.test(subjectOf(record)) === true);
  return [...outdated, { candidates: fleet.turned(edition, current.condition), isTouched: isTurned }];
}

export function editionOf({ record: { id, created, sinceGeneration } }: BookEntry): Edition {
  return { id, created, generation: sinceGeneration };
}

function holds({ configurations }: DeviceRecord, edition: Edition): boolean {
  return configurations.some((one) => labelOf(one) === labelOf(edition));
}
