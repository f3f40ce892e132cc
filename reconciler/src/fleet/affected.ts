import type { Candidates } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import type { CachedConfiguration, CachedContent } from '../cache/configuration-cache.js';
import { subjectOf } from '../cache/subject.js';
import { type AssignedGeneration, assignmentKey } from './assignments.js';
import type { Fleet } from './fleet.js';

/** Devices that may need a new document because of a configuration. */
export interface Affected {
  readonly candidates: Candidates;
  /** Evaluated for each candidate if the candidates are not exact. */
  readonly isAffected: (record: DeviceRecord) => boolean;
}

/**
 * Finds the affected devices. They (1) hold a generation other than the common one, (2) hold the common one but no
 * longer match, or (3) match but do not hold it.
 *
 * The result depends on what devices hold and on the newest configuration only, so it is complete whatever happened in
 * between and in any order. While a rollout is in progress the common generation is the stable one, and all admitted
 * devices are affected; afterwards admissions no longer count.
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

/** The content a matching device gets unless an admission says otherwise; undefined: none. */
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

export function assignedGenerationOf({ layer: { id, created, contentGeneration } }: CachedContent): AssignedGeneration {
  return { id, created, generation: contentGeneration };
}

function isAdmission({ generation }: AssignedGeneration): boolean {
  return generation < 0;
}

function holds({ configurations }: DeviceRecord, assigned: AssignedGeneration): boolean {
  return configurations.some((one) => assignmentKey(one) === assignmentKey(assigned));
}
