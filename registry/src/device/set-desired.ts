import { isEmpty, type JsonObject, remember, type Trail } from '@muster/twin';
import type { Admission } from '../record/admission.js';
import { amended, type ConfigurationAssignment, type DeviceRecord } from '../record/device-record.js';
import type { Decision } from '../store/store.js';
import type { Outcome } from './outcome.js';
import type { Resolution, ResolvedConfiguration } from './resolution.js';
import { isSameAdmissions, isSameList, SharedResults } from './shared-results.js';

/**
 * Writes the effective desired document. A canonically equal document makes no version and no event; nothing is written
 * at all unless the configurations, the problem or the admissions of the device change.
 */
export function setDesired(
  record: DeviceRecord,
  resolution: Resolution,
  now: number,
  shared = new SharedResults(),
): Decision<'device', boolean> {
  const outcome = shared.outcome(record, resolution, (...asked) => outcomeOf(...asked, shared));
  if (!outcome) return { result: false };
  const entry = amended(record, outcome.part);
  if (!outcome.event) return { result: true, entry };
  const data = shared.event(outcome.event, now);
  return { result: true, entry, changes: [{ kind: 'desired', device: record.id, data }] };
}

/** Returns undefined if nothing changes. */
function outcomeOf(record: DeviceRecord, resolution: Resolution, shared: SharedResults): Outcome | undefined {
  const desired = resolution.kind === 'document' ? resolution.desired : record.desired;
  const patch = shared.patch(record.desired, desired);
  const isChanged = !isEmpty(patch);
  const version = isChanged ? record.desiredVersion + 1 : record.desiredVersion;
  const standings = resolution.configurations.map((one) => standing(record, one, resolution.kind, version));
  const problem = resolution.kind === 'problem' ? resolution.problem : undefined;
  const admissions = admissionsAfter(record, resolution, shared);
  const isSame = isSameProblem(record, problem) && admissions === record.admissions;
  if (!isChanged && isSame && isSameList(record.configurations, standings)) return undefined;
  const configurations = shared.configurations(standings);
  if (!isChanged) return { part: { configurations, problem, admissions } };
  const trail = shared.trail(trailAfter(record, desired, shared));
  const part = { configurations, problem, admissions, desired, desiredVersion: version, trail };
  return { part, event: { version, patch, configurations: shared.effectiveIds(standings) } };
}

/** Returns the list of the record itself if it is equal. */
function admissionsAfter(
  { admissions: before }: DeviceRecord,
  { admissions }: Resolution,
  shared: SharedResults,
): readonly Admission[] | undefined {
  if (admissions === undefined || admissions === before) return before;
  if (admissions.length === 0) return undefined;
  return before && isSameAdmissions(before, admissions) ? before : shared.admissions(admissions);
}

/** Reports whether the device is up to date: `setDesired` would write nothing. */
export function isBroughtAlong(record: DeviceRecord, resolution: Resolution): boolean {
  return !setDesired(record, resolution, 0).result;
}

/** If the device never acknowledged a version, only the last step is kept. */
function trailAfter(
  { trail, acknowledged, desired, desiredVersion, bornVersion }: DeviceRecord,
  next: JsonObject,
  shared: SharedResults,
): Trail {
  const known = acknowledged ? trail : trail.slice(-1);
  const undoOf = (after: JsonObject, before: JsonObject): JsonObject => shared.undo(after, before);
  return remember(known, desiredVersion, desired, next, acknowledged?.version ?? bornVersion, undoOf);
}

/**
 * Returns the assignment of a configuration. `since` is the first version whose document holds the generation; where the
 * document did not change, the version of that moment. It is absent while overridden or while the document cannot be sent.
 */
function standing(
  record: DeviceRecord,
  { id, generation, created, overridden }: ResolvedConfiguration,
  kind: Resolution['kind'],
  version: number,
): ConfigurationAssignment {
  if (overridden) return { id, generation, created, applied: false, overridden };
  const before = record.configurations.find((one) => one.id === id);
  const isSame = before?.generation === generation && before.created === created;
  if (isSame && before.since !== undefined) return before;
  if (kind === 'problem') return { id, generation, created, applied: false, overridden };
  const { acknowledged } = record;
  const isApplied = version === 0 || (acknowledged?.status === 'applied' && acknowledged.version >= version);
  return { id, generation, created, since: version, applied: isApplied, overridden };
}

function isSameProblem({ problem }: DeviceRecord, other: { code: string; message: string } | undefined): boolean {
  return problem?.code === other?.code && problem?.message === other?.message;
}
