import type { DeviceRecord } from '../device-record.js';

/**
 * A record beside the JSON texts of its parts. A row holds the lengths of all but the last and then the parts, as
 * `7,51,74,12,2,12,77,2"…"{…}$…{…}{…}{…}{…}{…}{…}`, so that each may be taken over as it is, neither parsed nor written out.
 */
export interface EncodedDevice extends DeviceTexts {
  readonly record: DeviceRecord;
}

export interface DeviceTexts {
  /** Empty without a name. The id is the key of the row. */
  readonly name: string;
  /** What operators write, but for the name and the next three: the same for all that were imported at the same moment. */
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
const COMMA = 44;
const ZERO = 48;
const NINE = 57;

/** The row of a device. Rows of everything else are JSON objects and begin with a brace. */
export function rowOf(texts: DeviceTexts): string {
  const { name, registration, credential, tags, ownDesired, desired, standing, reported, contact } = texts;
  const operators = `${name.length},${registration.length},${credential.length},${tags.length},${ownDesired.length}`;
  const fleets = `${desired.length},${standing.length},${reported.length}`;
  const written = `${operators},${fleets}${name}${registration}${credential}${tags}${ownDesired}`;
  return `${written}${desired}${standing}${reported}${contact}`;
}

export function isRowOfParts(row: string): boolean {
  return row.charCodeAt(0) !== BRACE;
}

export function textsIn(row: string): DeviceTexts {
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

  /** The next number, and the comma behind it. */
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
