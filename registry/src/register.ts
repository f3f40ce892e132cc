import type { Registration } from '@muster/api';
import { canonicalEqual, checkDocument, documentBytes, type JsonObject, LIMITS, TwinError } from '@muster/twin';
import type { NewChange } from './change.js';
import { type Credential, isSecretOf } from './credential.js';
import { type DeviceEntry, type DeviceRecord, isLive } from './device-record.js';
import { nameOf } from './device-view.js';
import { checkPrecondition, type Precondition } from './revision.js';
import type { Decision } from './store.js';
import { timeText } from './time-text.js';

export interface Registered {
  readonly record: DeviceRecord;
  readonly isNew: boolean;
  /** Shown in this answer only. */
  readonly secret?: string;
}

/** A credential ready for use; `secret` only when it was generated. */
export interface Issued {
  readonly credential: Credential;
  readonly secret?: string;
}

/**
 * Registers a device or replaces its registration: what is absent returns to its default, the credential
 * stays unless one is given. `issue` makes a credential, of a generated secret when none is given.
 */
export function register(
  current: DeviceEntry | undefined,
  id: string,
  registration: Registration,
  { now, precondition, issue }: { now: number; precondition: Precondition; issue: (secret?: string) => Issued },
): Decision<'device', Registered> {
  checkPrecondition(precondition, isLive(current) ? current.revision : undefined);
  checkRegistration(registration);
  return isLive(current) ? replace(current, registration, now, issue) : create(current, id, registration, now, issue);
}

export function checkRegistration({
  name,
  tags,
  desired,
}: {
  name?: string;
  tags?: JsonObject;
  desired?: JsonObject;
}): void {
  if (name !== undefined && documentBytes(name) > LIMITS.nameBytesMax) {
    throw new TwinError('too-large', `a name has at most ${LIMITS.nameBytesMax} bytes`, { path: '/name' });
  }
  if (tags) checkDocument('tags', tags);
  if (desired) checkDocument('desired', desired);
}

function create(
  tombstone: DeviceEntry | undefined,
  id: string,
  { name, tags = {}, desired = {}, enabled = true, auth }: Registration,
  now: number,
  issue: (secret?: string) => Issued,
): Decision<'device', Registered> {
  const { credential, secret } = issue(auth?.secret);
  const record: DeviceRecord = {
    id,
    ...(name === undefined ? {} : { name }),
    tags,
    enabled,
    credential,
    createdAt: now,
    revision: (tombstone?.revision ?? 0) + 1,
    ownDesired: desired,
    desired: {},
    desiredVersion: tombstone?.desiredVersion ?? 0,
    bornVersion: tombstone?.desiredVersion ?? 0,
    trail: [],
    configurations: [],
    reported: {},
    reportedVersion: tombstone?.reportedVersion ?? 0,
    connected: false,
  };
  const result = { record, isNew: true, ...(secret === undefined ? {} : { secret }) };
  return { result, entry: record, changes: [deviceChange(id, 'registered', now)] };
}

function replace(
  current: DeviceRecord,
  { name, tags = {}, desired = {}, enabled = true, auth }: Registration,
  now: number,
  issue: (secret?: string) => Issued,
): Decision<'device', Registered> {
  const { name: _previous, ...rest } = current;
  const next = { ...rest, ...(name === undefined ? {} : { name }), tags, enabled, ownDesired: desired };
  const isSecretNew = auth !== undefined && !isSecretOf(current.credential, Buffer.from(auth.secret));
  if (!isSecretNew && isSameRegistration(current, next)) return { result: { record: current, isNew: false } };
  const credential = isSecretNew ? issue(auth.secret).credential : current.credential;
  const record = { ...next, credential, revision: current.revision + 1 };
  return { result: { record, isNew: false }, entry: record, changes: [deviceChange(current.id, 'replaced', now)] };
}

export function isSameRegistration(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    nameOf(left) === nameOf(right) &&
    left.enabled === right.enabled &&
    canonicalEqual(left.tags, right.tags) &&
    canonicalEqual(left.ownDesired, right.ownDesired)
  );
}

export function deviceChange(
  device: string,
  change: 'registered' | 'replaced' | 'patched' | 'deleted',
  now: number,
): NewChange {
  return { kind: 'device', device, data: { change, at: timeText(now) } };
}
