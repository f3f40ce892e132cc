import type { DesiredEvent } from '@muster/api';
import { type JsonObject, LastDiff, type Trail } from '@muster/twin';
import { timeText } from '../log/time-text.js';
import type { Admission } from '../record/admission.js';
import type { ConfigurationAssignment, DeviceRecord } from '../record/device-record.js';
import type { DesiredEventData, Outcome } from './outcome.js';
import type { Resolution } from './resolution.js';

type Decide = (record: DeviceRecord, resolution: Resolution) => Outcome | undefined;

/**
 * Shares equal results between consecutive devices, so that each is decided, stored and encoded once. Only speed and
 * memory depend on it.
 */
export class SharedResults {
  readonly #configurations = new Shared<readonly ConfigurationAssignment[]>([], isSameList);
  readonly #admissions = new Shared<readonly Admission[]>([], isSameAdmissions);
  readonly #trail = new Shared<Trail>([], isSameTrail);
  readonly #ids = new Shared<readonly string[]>([], isSameIds);
  readonly #patches = new LastDiff();
  readonly #undos = new LastDiff();
  #record: DeviceRecord | undefined;
  #resolution: Resolution | undefined;
  #outcome: Outcome | undefined;
  #now = Number.NaN;
  #data: DesiredEventData | undefined;
  #event: DesiredEvent = { version: 0, patch: {}, at: '', configurations: [] };

  /** Returns the last outcome if its inputs were the same, else calls `decide`. */
  outcome(record: DeviceRecord, resolution: Resolution, decide: Decide): Outcome | undefined {
    const last = this.#record;
    if (last === undefined || resolution !== this.#resolution || !isSameInput(last, record)) {
      this.#outcome = decide(record, resolution);
      this.#record = record;
      this.#resolution = resolution;
    }
    return this.#outcome;
  }

  patch(before: JsonObject, after: JsonObject): JsonObject {
    return this.#patches.of(before, after);
  }

  undo(after: JsonObject, before: JsonObject): JsonObject {
    return this.#undos.of(after, before);
  }

  configurations(list: readonly ConfigurationAssignment[]): readonly ConfigurationAssignment[] {
    return this.#configurations.of(list);
  }

  /** Ids of the configurations that are not overridden. */
  effectiveIds(list: readonly ConfigurationAssignment[]): readonly string[] {
    return this.#ids.of(list.filter(({ overridden }) => !overridden).map(({ id }) => id));
  }

  admissions(list: readonly Admission[]): readonly Admission[] {
    return this.#admissions.of(list);
  }

  trail(trail: Trail): Trail {
    return this.#trail.of(trail);
  }

  /** Events of one millisecond with the same data are one object: the log keeps thousands of them in memory. */
  event(data: DesiredEventData, now: number): DesiredEvent {
    if (data !== this.#data || now !== this.#now) {
      const { version, patch, configurations } = data;
      this.#event = { version, patch, at: timeText(now), configurations };
      this.#data = data;
      this.#now = now;
    }
    return this.#event;
  }
}

/** Returns the last value in place of an equal one. */
class Shared<Value> {
  readonly #isSame: (left: Value, right: Value) => boolean;
  #last: Value;

  constructor(first: Value, isSame: (left: Value, right: Value) => boolean) {
    this.#last = first;
    this.#isSame = isSame;
  }

  of(value: Value): Value {
    if (!this.#isSame(value, this.#last)) this.#last = value;
    return this.#last;
  }
}

/** Whether two records give the same outcome: all members that it depends on are identical. */
function isSameInput(left: DeviceRecord, right: DeviceRecord): boolean {
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

function isSameIds(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}

export function isSameList(
  left: readonly ConfigurationAssignment[],
  right: readonly ConfigurationAssignment[],
): boolean {
  return left === right || (left.length === right.length && left.every((one, index) => isSame(one, right[index])));
}

function isSame(left: ConfigurationAssignment, right: ConfigurationAssignment | undefined): boolean {
  return (
    left.id === right?.id &&
    left.generation === right.generation &&
    left.created === right.created &&
    left.since === right.since &&
    left.applied === right.applied &&
    left.overridden === right.overridden
  );
}

export function isSameAdmissions(left: readonly Admission[], right: readonly Admission[]): boolean {
  return (
    left === right || (left.length === right.length && left.every((one, index) => isSameAdmission(one, right[index])))
  );
}

function isSameAdmission(left: Admission, right: Admission | undefined): boolean {
  if (left === right) return true;
  return (
    left.id === right?.id &&
    left.created === right.created &&
    left.key === right.key &&
    left.phase === right.phase &&
    left.givenAt === right.givenAt &&
    left.convergedMs === right.convergedMs &&
    left.attempts === right.attempts &&
    left.state === right.state &&
    left.version === right.version &&
    left.isSent === right.isSent &&
    left.spentMs === right.spentMs &&
    left.restUntil === right.restUntil &&
    left.error === right.error &&
    left.isAway === right.isAway
  );
}

/** Equal undos are one object already; a false negative only costs sharing. */
function isSameTrail(left: Trail, right: Trail): boolean {
  return (
    left.length === right.length &&
    left.every(({ version, undo }, index) => version === right[index]?.version && undo === right[index]?.undo)
  );
}
