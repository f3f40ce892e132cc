import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import type { CachedConfiguration, CachedContent } from '../cache/configuration-cache.js';
import { subjectOf } from '../cache/subject.js';
import { type AssignedGeneration, assignmentKey } from './assignments.js';
import type { Fleet } from './fleet.js';

/** Devices that may have to change for a configuration. */
export interface Affected {
  readonly candidates: Candidates;
  /** Asked of each where the candidates are not exact. */
  readonly isAffected: (record: DeviceRecord) => boolean;
}

/**
 * The devices that have of a configuration what is not everybody's, those that have that and do not match, and those
 * that match and do not have it. It depends on what devices have and on what the configuration is now, never on what it
 * was: whatever happened meanwhile, and in whatever order it is heard of, nobody is missed. While a rollout goes on, the
 * stable generation is everybody's, and all who were admitted are affected; afterwards only what they have counts.
 */
export function affectedBy(fleet: Fleet, id: string, entry: CachedConfiguration | undefined): Affected[] {
  const common = entry && commonContent(entry);
  const assigned = common && assignedGenerationOf(common);
  const others = fleet
    .assignedGenerations(id)
    .filter((one) =>
      isAdmission(one) ? common !== entry : !assigned || assignmentKey(one) !== assignmentKey(assigned),
    )
    .map((one) => ({ candidates: fleet.assigned(one), isAffected: () => true }));
  if (!common || !assigned) return others;
  const isMismatched = (record: DeviceRecord): boolean =>
    holds(record, assigned) !== (common.condition.test(subjectOf(record)) === true);
  return [...others, { candidates: fleet.mismatched(assigned, common.condition), isAffected: isMismatched }];
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

export function assignedGenerationOf({ layer: { id, created, sinceGeneration } }: CachedContent): AssignedGeneration {
  return { id, created, generation: sinceGeneration };
}

function isAdmission({ generation }: AssignedGeneration): boolean {
  return generation < 0;
}

function holds({ configurations }: DeviceRecord, assigned: AssignedGeneration): boolean {
  return configurations.some((one) => assignmentKey(one) === assignmentKey(assigned));
}
