import type { JsonObject } from '@muster/twin';
import type { Credential } from '../credential.js';
import type { DeviceRecord } from '../device-record.js';
import { type EncodedDevice, textsIn } from './encoded-device.js';
import { RecentValues } from './recent-values.js';
import { SharedValues } from './shared-values.js';

type Registration = Pick<DeviceRecord, 'enabled' | 'createdAt' | 'revision'>;
type Standing = Pick<
  DeviceRecord,
  'desiredVersion' | 'bornVersion' | 'trail' | 'configurations' | 'problem' | 'admissions'
>;
type Contact = Pick<DeviceRecord, 'reportedVersion' | 'acknowledged' | 'connected' | 'lastSeenAt'>;

/** What a fleet brings about comes in a few kinds, which lie mixed in the order of ids; tags come in as many as there are sites. */
export class RecentParts {
  readonly desireds = new RecentValues<JsonObject>();
  readonly tags = new SharedValues<JsonObject>();
  readonly standings = new RecentValues<Standing>();
}

/**
 * The device in a row. What has the same text as `beside`, the device that was read before this one, becomes the same
 * value: the devices of a fleet have most of it in common, share it in memory, and later in what is made of it. So do those
 * that came a little before, in what configurations have brought them.
 */
export function decodeDevice(
  id: string,
  row: string,
  beside?: EncodedDevice,
  recent = new RecentParts(),
): EncodedDevice {
  const texts = textsIn(row);
  const { name, registration, credential, tags, ownDesired, desired, standing, reported, contact } = texts;
  const known = beside?.record;
  const registered = known && beside.registration === registration ? known : (JSON.parse(registration) as Registration);
  const stood = known && beside.standing === standing ? known : recent.standings.of(standing);
  const contacted = known && beside.contact === contact ? known : (JSON.parse(contact) as Contact);
  const record = {
    id,
    name: nameIn(name),
    tags: known && beside.tags === tags ? known.tags : recent.tags.of(tags),
    enabled: registered.enabled,
    credential: credential as Credential,
    createdAt: registered.createdAt,
    revision: registered.revision,
    ownDesired: known && beside.ownDesired === ownDesired ? known.ownDesired : (JSON.parse(ownDesired) as JsonObject),
    desired: known && beside.desired === desired ? known.desired : recent.desireds.of(desired),
    desiredVersion: stood.desiredVersion,
    bornVersion: stood.bornVersion,
    trail: stood.trail,
    configurations: stood.configurations,
    problem: stood.problem,
    admissions: stood.admissions,
    reported: known && beside.reported === reported ? known.reported : (JSON.parse(reported) as JsonObject),
    reportedVersion: contacted.reportedVersion,
    acknowledged: contacted.acknowledged,
    connected: contacted.connected,
    lastSeenAt: contacted.lastSeenAt,
  };
  return { record, name, registration, credential, tags, ownDesired, desired, standing, reported, contact };
}

/** Few names have anything that had to be escaped. */
function nameIn(text: string): string | undefined {
  if (text === '') return undefined;
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
