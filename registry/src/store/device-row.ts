import type { JsonObject } from '@muster/twin';
import type { Credential } from '../record/credential.js';
import { type DeviceEntry, type DeviceRecord, isLive } from '../record/device-record.js';
import type { Codec, StoredEntry, Table } from './codec.js';
import { RecentValues } from './recent-values.js';
import { SharedValues } from './shared-values.js';

/*
 * The row of a registered device holds nine texts behind the lengths of the first eight, in UTF-16 code units:
 *
 *   7,51,74,12,2,12,77,2"…"{…}$…{…}{…}{…}{…}{…}{…}
 *
 * name, registration, credential, tags, ownDesired, desired, standing, reported, contact. Each is JSON, except the
 * credential, which needs no escaping, and the name of a device without one, which is empty. The id is the key of the row.
 * A tombstone is one JSON object and begins with a brace, so that the two never meet.
 */

/** The texts of a row. One that did not change is copied: it is neither parsed nor encoded again. */
interface DeviceTexts {
  readonly name: string;
  /** `enabled`, `createdAt` and `revision`: equal for all devices of one import. */
  readonly registration: string;
  readonly credential: string;
  readonly tags: string;
  readonly ownDesired: string;
  readonly desired: string;
  /** How `desired` came about: versions, trail, configurations, problem, admissions. */
  readonly standing: string;
  readonly reported: string;
  /** Reported version, acknowledgement and presence. */
  readonly contact: string;
}

/** A registered device and the texts of its row. */
export interface DeviceRow extends DeviceTexts, StoredEntry<DeviceRecord> {}

/** A tombstone, or a device whose row is one JSON object. */
interface PlainRow extends StoredEntry<DeviceEntry> {
  readonly name?: undefined;
}

type StoredDevice = DeviceRow | PlainRow;

type RegistrationPart = Pick<DeviceRecord, 'enabled' | 'createdAt' | 'revision'>;
type StandingPart = Pick<
  DeviceRecord,
  'desiredVersion' | 'bornVersion' | 'trail' | 'configurations' | 'problem' | 'admissions'
>;
type ContactPart = Pick<DeviceRecord, 'reportedVersion' | 'acknowledged' | 'connected' | 'lastSeenAt'>;

const BRACE = 123;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;

export const deviceTable: Table<DeviceEntry, StoredDevice> = {
  name: 'devices',
  weight: 1,
  // Connected devices talk. A walk over devices that are offline must not evict them.
  isCached: (entry) => isLive(entry) && entry.connected,
  openCodec: () => new DeviceCodec(),
};

/** Remembers the last row that it read and the last that it wrote: neighbours have most of their texts in common. */
class DeviceCodec implements Codec<DeviceEntry, StoredDevice> {
  readonly #recent = new RecentParts();
  #lastRead: DeviceRow | undefined;
  #lastWritten: DeviceRow | undefined;

  decode(id: string, row: string): StoredDevice {
    if (row.charCodeAt(0) === BRACE) return { entry: JSON.parse(row) as DeviceEntry };
    this.#lastRead = decodeDevice(id, row, this.#lastRead, this.#recent);
    return this.#lastRead;
  }

  encode(entry: DeviceEntry, before: StoredDevice | undefined): StoredDevice {
    if (!isLive(entry)) return { entry };
    this.#lastWritten = encodeDevice(entry, before?.name === undefined ? undefined : before, this.#lastWritten);
    return this.#lastWritten;
  }

  rowOf(stored: StoredDevice): string {
    return stored.name === undefined ? JSON.stringify(stored.entry) : rowOf(stored);
  }
}

/** Values that many devices share. Fleets have few kinds of desired documents, and as many kinds of tags as sites. */
export class RecentParts {
  readonly desireds = new RecentValues<JsonObject>();
  readonly tags = new SharedValues<JsonObject>();
  readonly standings = new RecentValues<StandingPart>();
}

/**
 * Reads a row. A text equal to that of `previous`, the row read before this one, becomes the same value, and so do some
 * texts of earlier rows. Devices of a fleet thus share memory, and the work of deciding and encoding what follows.
 */
export function decodeDevice(id: string, row: string, previous?: DeviceRow, recent = new RecentParts()): DeviceRow {
  const texts = textsIn(row);
  const { name, registration, credential, tags, ownDesired, desired, standing, reported, contact } = texts;
  const known = previous?.entry;
  const registered =
    known && previous.registration === registration ? known : (JSON.parse(registration) as RegistrationPart);
  const stood = known && previous.standing === standing ? known : recent.standings.of(standing);
  const contacted = known && previous.contact === contact ? known : (JSON.parse(contact) as ContactPart);
  const entry = {
    id,
    name: nameIn(name),
    tags: known && previous.tags === tags ? known.tags : recent.tags.of(tags),
    enabled: registered.enabled,
    credential: credential as Credential,
    createdAt: registered.createdAt,
    revision: registered.revision,
    ownDesired: known && previous.ownDesired === ownDesired ? known.ownDesired : (JSON.parse(ownDesired) as JsonObject),
    desired: known && previous.desired === desired ? known.desired : recent.desireds.of(desired),
    desiredVersion: stood.desiredVersion,
    bornVersion: stood.bornVersion,
    trail: stood.trail,
    configurations: stood.configurations,
    problem: stood.problem,
    admissions: stood.admissions,
    reported: known && previous.reported === reported ? known.reported : (JSON.parse(reported) as JsonObject),
    reportedVersion: contacted.reportedVersion,
    acknowledged: contacted.acknowledged,
    connected: contacted.connected,
    lastSeenAt: contacted.lastSeenAt,
  };
  return { entry, name, registration, credential, tags, ownDesired, desired, standing, reported, contact };
}

/**
 * Encodes only values that differ from `before`, the version read or written before this one, and from `previous`, the
 * device written before this one. A push changes a small part of many records, mostly in the same way.
 */
export function encodeDevice(record: DeviceRecord, before?: DeviceRow, previous?: DeviceRow): DeviceRow {
  return {
    entry: record,
    name: before && before.entry.name === record.name ? before.name : nameOf(record),
    registration: rowWith(isSameRegistration, record, before, previous)?.registration ?? registrationOf(record),
    credential: record.credential,
    tags: documentOf('tags', record, before, previous),
    ownDesired: documentOf('ownDesired', record, before, previous),
    desired: documentOf('desired', record, before, previous),
    standing: rowWith(isSameStanding, record, before, previous)?.standing ?? standingOf(record),
    reported: documentOf('reported', record, before, previous),
    contact: rowWith(isSameContact, record, before, previous)?.contact ?? contactOf(record),
  };
}

export function rowOf(texts: DeviceTexts): string {
  const { name, registration, credential, tags, ownDesired, desired, standing, reported, contact } = texts;
  const operators = `${name.length},${registration.length},${credential.length},${tags.length},${ownDesired.length}`;
  const fleets = `${desired.length},${standing.length},${reported.length}`;
  const written = `${operators},${fleets}${name}${registration}${credential}${tags}${ownDesired}`;
  return `${written}${desired}${standing}${reported}${contact}`;
}

function documentOf(
  name: 'tags' | 'ownDesired' | 'desired' | 'reported',
  record: DeviceRecord,
  before?: DeviceRow,
  previous?: DeviceRow,
): string {
  if (before?.entry[name] === record[name]) return before[name];
  if (previous?.entry[name] === record[name]) return previous[name];
  return JSON.stringify(record[name]);
}

/** The row whose text can be copied; `before` is preferred. */
function rowWith(
  isSame: (left: DeviceRecord, right: DeviceRecord) => boolean,
  record: DeviceRecord,
  before?: DeviceRow,
  previous?: DeviceRow,
): DeviceRow | undefined {
  if (before && isSame(before.entry, record)) return before;
  return previous && isSame(previous.entry, record) ? previous : undefined;
}

function isSameRegistration(left: DeviceRecord, right: DeviceRecord): boolean {
  return left.revision === right.revision && left.enabled === right.enabled && left.createdAt === right.createdAt;
}

function isSameStanding(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.desiredVersion === right.desiredVersion &&
    left.trail === right.trail &&
    left.configurations === right.configurations &&
    left.bornVersion === right.bornVersion &&
    left.problem === right.problem &&
    left.admissions === right.admissions
  );
}

function isSameContact(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.reportedVersion === right.reportedVersion &&
    left.acknowledged === right.acknowledged &&
    left.connected === right.connected &&
    left.lastSeenAt === right.lastSeenAt
  );
}

function nameOf({ name }: DeviceRecord): string {
  return name === undefined ? '' : JSON.stringify(name);
}

function registrationOf({ enabled, createdAt, revision }: DeviceRecord): string {
  return JSON.stringify({ enabled, createdAt, revision });
}

function standingOf(record: DeviceRecord): string {
  const { desiredVersion, bornVersion, trail, configurations, problem, admissions } = record;
  return JSON.stringify({ desiredVersion, bornVersion, trail, configurations, problem, admissions });
}

function contactOf({ reportedVersion, acknowledged, connected, lastSeenAt }: DeviceRecord): string {
  return JSON.stringify({ reportedVersion, acknowledged, connected, lastSeenAt });
}

/** Few names hold characters that are escaped. */
function nameIn(text: string): string | undefined {
  if (text === '') return undefined;
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

function textsIn(row: string): DeviceTexts {
  const reader = new RowReader(row);
  const name = reader.length();
  const registration = reader.length();
  const credential = reader.length();
  const tags = reader.length();
  const ownDesired = reader.length();
  const desired = reader.length();
  const standing = reader.length();
  const reported = reader.length();
  return {
    name: reader.take(name),
    registration: reader.take(registration),
    credential: reader.take(credential),
    tags: reader.take(tags),
    ownDesired: reader.take(ownDesired),
    desired: reader.take(desired),
    standing: reader.take(standing),
    reported: reader.take(reported),
    contact: reader.rest(),
  };
}

class RowReader {
  readonly #row: string;
  #position = 0;

  constructor(row: string) {
    this.#row = row;
  }

  /** Reads the next number and the comma after it. */
  length(): number {
    let value = 0;
    let code = this.#row.charCodeAt(this.#position);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO;
      this.#position += 1;
      code = this.#row.charCodeAt(this.#position);
    }
    if (code === COMMA) this.#position += 1;
    return value;
  }

  take(length: number): string {
    const start = this.#position;
    this.#position = start + length;
    return this.#row.slice(start, this.#position);
  }

  rest(): string {
    return this.#row.slice(this.#position);
  }
}
