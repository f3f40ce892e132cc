import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import type { CachedConfiguration, CachedContent } from '../cache/configuration-cache.js';
import { subjectOf } from '../cache/subject.js';
import type { Fleet } from './fleet.js';
import { type Edition, labelOf } from './holders.js';

/** Devices that may have to change for a configuration. */
export interface Touched {
  readonly candidates: Candidates;
  /** Asked of each where the candidates are not exact. */
  readonly isTouched: (record: DeviceRecord) => boolean;
}

/**
 * The devices that have of a configuration what is not everybody's, those that have that and do not match, and those
 * that match and do not have it. It depends on what devices have and on what the configuration is now, never on what it
 * was: whatever happened meanwhile, and in whatever order it is heard of, nobody is missed. While a rollout goes on, the
 * stable generation is everybody's, and all who were admitted are touched; afterwards only what they have counts.
 */
export function touchedBy(fleet: Fleet, id: string, entry: CachedConfiguration | undefined): Touched[] {
  const common = entry && commonContent(entry);
  const edition = common && editionOf(common);
  const others = fleet
    .editions(id)
    .filter((one) => (isAdmission(one) ? common !== entry : !edition || labelOf(one) !== labelOf(edition)))
    .map((one) => ({ candidates: fleet.holders(one), isTouched: () => true }));
  if (!common || !edition) return others;
  const isTurned = (record: DeviceRecord): boolean =>
    holds(record, edition) !== (common.condition.test(subjectOf(record)) === true);
  return [...others, { candidates: fleet.turned(edition, common.condition), isTouched: isTurned }];
}

/** What everybody has who matches and of whom nothing else is known; undefined: nothing. */
export function commonContent(entry: CachedConfiguration): CachedContent | undefined {
  const { enabled, progress } = entry.record;
  if (!enabled || progress?.isWithdrawn) return undefined;
  switch (progress?.state) {
    case undefined:
    case 'complete':
    case 'rolledBack':
      return entry;
    case 'waiting':
    case 'running':
    case 'paused':
    case 'aborted':
      return entry.stable;
  }
}

export function editionOf({ layer: { id, created, sinceGeneration } }: CachedContent): Edition {
  return { id, created, generation: sinceGeneration };
}

function isAdmission({ generation }: Edition): boolean {
  return generation < 0;
}

function holds({ configurations }: DeviceRecord, edition: Edition): boolean {
  return configurations.some((one) => labelOf(one) === labelOf(edition));
}
