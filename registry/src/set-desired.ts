import { diff, type JsonObject, remember, type Trail, type TwinErrorCode } from '@muster/twin';
import type { NewChange } from './change.js';
import { type AppliedConfiguration, amended, type DeviceRecord } from './device-record.js';
import type { Decision } from './store.js';
import { timeText } from './time-text.js';

/** A configuration that is a layer of the device now. */
export interface ResolvedConfiguration {
  readonly id: string;
  readonly generation: number;
  readonly created: number;
  readonly overridden: boolean;
}

/** What a device should have. With a `problem` the document cannot be sent and the last one stays. */
export type Resolution =
  | {
      readonly kind: 'document';
      readonly desired: JsonObject;
      readonly configurations: readonly ResolvedConfiguration[];
    }
  | {
      readonly kind: 'problem';
      readonly problem: { readonly code: TwinErrorCode; readonly message: string };
      readonly configurations: readonly ResolvedConfiguration[];
    };

/** Writes the effective desired document; canonically equal means no version, no event, no bytes. */
export function setDesired(record: DeviceRecord, resolution: Resolution, now: number): Decision<'device', boolean> {
  const desired = resolution.kind === 'document' ? resolution.desired : record.desired;
  const patch = diff(record.desired, desired);
  const isChanged = Object.keys(patch).length > 0;
  const version = isChanged ? record.desiredVersion + 1 : record.desiredVersion;
  const configurations = resolution.configurations.map((one) => standing(record, one, resolution.kind, version));
  const problem = resolution.kind === 'problem' ? resolution.problem : undefined;
  if (!isChanged && isSameProblem(record, problem) && isSameList(record.configurations, configurations))
    return { result: false };
  const part = { configurations, problem };
  if (!isChanged) return { result: true, entry: amended(record, part) };
  const trail = trailAfter(record, desired);
  const change = desiredChange(record.id, version, patch, configurations, now);
  const entry = amended(record, { ...part, desired, desiredVersion: version, trail });
  return { result: true, entry, changes: [change] };
}

/** Where a device never acknowledged anything, only what it was told last may still be. */
function trailAfter(
  { trail, acknowledged, desired, desiredVersion, bornVersion }: DeviceRecord,
  next: JsonObject,
): Trail {
  const known = acknowledged ? trail : trail.slice(-1);
  return remember(known, desiredVersion, desired, next, acknowledged?.version ?? bornVersion);
}

function desiredChange(
  device: string,
  version: number,
  patch: JsonObject,
  applying: readonly AppliedConfiguration[],
  now: number,
): NewChange {
  const configurations = applying.filter(({ overridden }) => !overridden).map(({ id }) => id);
  return { kind: 'desired', device, data: { version, patch, at: timeText(now), configurations } };
}

/**
 * The version that brought a generation is the first whose document holds it; where that changed nothing, the
 * version current at that moment. While it is overridden, or its document cannot be sent, none has brought it.
 */
function standing(
  record: DeviceRecord,
  { id, generation, created, overridden }: ResolvedConfiguration,
  kind: Resolution['kind'],
  version: number,
): AppliedConfiguration {
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

function isSameList(left: readonly AppliedConfiguration[], right: readonly AppliedConfiguration[]): boolean {
  return left.length === right.length && left.every((one, index) => isSame(one, right[index]));
}

function isSame(left: AppliedConfiguration, right: AppliedConfiguration | undefined): boolean {
  return (
    left.id === right?.id &&
    left.generation === right.generation &&
    left.created === right.created &&
    left.since === right.since &&
    left.applied === right.applied &&
    left.overridden === right.overridden
  );
}
