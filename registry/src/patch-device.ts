import type { RegistrationPatch } from '@muster/api';
import { isObject, type JsonObject, mergePatch, TwinError } from '@muster/twin';
import { type DeviceEntry, type DeviceRecord, isLive } from './device-record.js';
import { checkRegistration, deviceChange, isSameRegistration } from './register.js';
import { checkPrecondition, type Precondition } from './revision.js';
import type { Decision } from './store.js';

/**
 * Merges into what operators write: name, tags, enabled and the own layer. `null` removes; a mask in the own
 * layer that the patch does not name stays.
 */
export function patchDevice(
  current: DeviceEntry | undefined,
  id: string,
  patch: RegistrationPatch,
  { now, precondition }: { now: number; precondition: Precondition },
): Decision<'device', DeviceRecord> {
  const record = mustBeLive(current, id);
  checkPrecondition(precondition, record.revision);
  const next = apply(record, patch);
  checkRegistration({
    ...(next.name === undefined ? {} : { name: next.name }),
    tags: next.tags,
    desired: next.ownDesired,
  });
  if (isSameRegistration(record, next)) return { result: record };
  const entry = { ...next, revision: record.revision + 1 };
  return { result: entry, entry, changes: [deviceChange(id, 'patched', now)] };
}

export function mustBeLive(entry: DeviceEntry | undefined, id: string): DeviceRecord {
  if (isLive(entry)) return entry;
  throw new TwinError('not-found', `there is no device ${id}`);
}

function apply(record: DeviceRecord, { name, tags, desired, enabled }: RegistrationPatch): DeviceRecord {
  const { name: current, ...rest } = record;
  const nextName = name === undefined ? current : name;
  return {
    ...rest,
    ...(nextName === undefined || nextName === null ? {} : { name: nextName }),
    tags: merged(record.tags, tags),
    ownDesired: merged(record.ownDesired, desired),
    enabled: enabled === undefined ? record.enabled : (enabled ?? true),
  };
}

function merged(document: JsonObject, patch: JsonObject | null | undefined): JsonObject {
  if (patch === undefined) return document;
  return isObject(patch) ? mergePatch(document, patch) : {};
}
