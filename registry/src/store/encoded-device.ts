import type { DeviceRecord } from '../device-record.js';

/**
 * A record beside the JSON texts of its parts. A row holds the lengths of all but the last and then the parts, as
 * `51,74,12,2,12,77,2{…}$…{…}{…}{…}{…}{…}{…}`, so that each may be taken over as it is, neither parsed nor written out.
 */
export interface EncodedDevice extends DeviceTexts {
  readonly record: DeviceRecord;
}

export interface DeviceTexts {
  /** What operators write, but for the next three; the id is the key of the row. */
  readonly registration: string;
  /** No JSON: it is a text that needs no escaping. */
  readonly credential: string;
  readonly tags: string;
  readonly ownDesired: string;
  readonly desired: string;
  /** How desired came about: versions, trail, configurations, problem, admissions. */
  readonly standing: string;
  readonly reported: string;
  /** What is known of its voice: reported version, acknowledgement, presence. */
  readonly contact: string;
}

const BRACE = 123;
const ZERO = 48;
const NINE = 57;

/** The row of a device. Rows of everything else are JSON objects and begin with a brace. */
export function rowOf(texts: DeviceTexts): string {
  const { registration, credential, tags, ownDesired, desired, standing, reported, contact } = texts;
  const operators = `${registration.length},${credential.length},${tags.length},${ownDesired.length}`;
  const fleets = `${desired.length},${standing.length},${reported.length}`;
  return `${operators},${fleets}${registration}${credential}${tags}${ownDesired}${desired}${standing}${reported}${contact}`;
}

export function isRowOfParts(row: string): boolean {
  return row.charCodeAt(0) !== BRACE;
}

export function textsIn(row: string): DeviceTexts {
  let position = 0;
  const length = (): number => {
    let value = 0;
    for (let code = row.charCodeAt(position); code >= ZERO && code <= NINE; code = row.charCodeAt(position)) {
      value = value * 10 + code - ZERO;
      position += 1;
    }
    return value;
  };
  const next = (): number => {
    position += 1;
    return length();
  };
  const [first, second, third, fourth, fifth, sixth, seventh] = [
    length(),
    next(),
    next(),
    next(),
    next(),
    next(),
    next(),
  ];
  const take = (size?: number): string => {
    const start = position;
    position = size === undefined ? row.length : start + size;
    return row.slice(start, position);
  };
  return {
    registration: take(first),
    credential: take(second),
    tags: take(third),
    ownDesired: take(fourth),
    desired: take(fifth),
    standing: take(sixth),
    reported: take(seventh),
    contact: take(),
  };
}
