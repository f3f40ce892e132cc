import type { JsonObject } from '@muster/twin';
import type { DeviceRecord } from './device-record.js';
import type { Resolution } from './resolution.js';

/** What becomes of the parts of a device that follow from what it should have; nothing is told where it is as before. */
export interface Outcome {
  readonly part: Pick<DeviceRecord, 'configurations' | 'problem' | 'admissions'> &
    Partial<Pick<DeviceRecord, 'desired' | 'desiredVersion' | 'trail'>>;
  readonly told?: Told;
}

/** What the log says of it; `winners` are the ids of configurations that are not overridden. */
export interface Told {
  readonly version: number;
  readonly patch: JsonObject;
  readonly winners: readonly string[];
}

type Decide = (record: DeviceRecord, resolution: Resolution) => Outcome | undefined;

/**
 * Remembers the last outcome. Devices of a fleet come one after the other and share the very values of what an outcome
 * follows from: then it is the same. Only speed depends on it.
 */
export class LastOutcome {
  #record: DeviceRecord | undefined;
  #resolution: Resolution | undefined;
  #outcome: Outcome | undefined;

  of(record: DeviceRecord, resolution: Resolution, decide: Decide): Outcome | undefined {
    const known = this.#record;
    if (known === undefined || resolution !== this.#resolution || !isSameBefore(known, record)) {
      this.#outcome = decide(record, resolution);
      this.#record = record;
      this.#resolution = resolution;
    }
    return this.#outcome;
  }
}

/** All that an outcome depends on, by identity. */
function isSameBefore(left: DeviceRecord, right: DeviceRecord): boolean {
  return (
    left.desired === right.desired &&
    left.desiredVersion === right.desiredVersion &&
    left.bornVersion === right.bornVersion &&
    left.trail === right.trail &&
    left.configurations === right.configurations &&
    left.problem === right.problem &&
    left.admissions === right.admissions &&
    left.acknowledged === right.acknowledged
  );
}
