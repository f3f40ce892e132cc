import type { DesiredEvent } from '@muster/api';
import { type JsonObject, LastDiff, type Trail } from '@muster/twin';
import type { Admission } from './admission.js';
import type { AppliedConfiguration } from './device-record.js';
import { LastOutcome, type Told } from './last-outcome.js';
import { timeText } from './time-text.js';

/**
 * What the last device came out with. A configuration brings a fleet along one device after the other, most of them
 * in the same way: whatever comes out equal is shared, so that it is kept and written out once. Only speed and
 * memory depend on it.
 */
export class Alike {
  readonly outcomes = new LastOutcome();
  readonly #patches = new LastDiff();
  readonly #undos = new LastDiff();
  #configurations: readonly AppliedConfiguration[] = [];
  #winners: readonly string[] = [];
  #admissions: readonly Admission[] = [];
  #trail: Trail = [];
  #now = Number.NaN;
  #told: Told | undefined;
  #data: DesiredEvent = { version: 0, patch: {}, at: '', configurations: [] };

  patch(before: JsonObject, after: JsonObject): JsonObject {
    return this.#patches.of(before, after);
  }

  undo(after: JsonObject, before: JsonObject): JsonObject {
    return this.#undos.of(after, before);
  }

  configurations(list: readonly AppliedConfiguration[]): readonly AppliedConfiguration[] {
    if (!isSameList(list, this.#configurations)) {
      this.#configurations = list;
      this.#winners = list.filter(({ overridden }) => !overridden).map(({ id }) => id);
    }
    return this.#configurations;
  }

  /** Ids of those that are not overridden. */
  winners(list: readonly AppliedConfiguration[]): readonly string[] {
    this.configurations(list);
    return this.#winners;
  }

  admissions(list: readonly Admission[]): readonly Admission[] {
    if (!isSameAdmissions(list, this.#admissions)) this.#admissions = list;
    return this.#admissions;
  }

  trail(trail: Trail): Trail {
    if (!isSameTrail(trail, this.#trail)) this.#trail = trail;
    return this.#trail;
  }

  /** What is told of devices that come out alike in the same millisecond: the log keeps thousands of changes in memory. */
  data(told: Told, now: number): DesiredEvent {
    if (told !== this.#told || now !== this.#now) {
      const { version, patch, winners } = told;
      this.#data = { version, patch, at: timeText(now), configurations: winners };
    }
    this.#told = told;
    this.#now = now;
    return this.#data;
  }
}

export function isSameList(left: readonly AppliedConfiguration[], right: readonly AppliedConfiguration[]): boolean {
  return left === right || (left.length === right.length && left.every((one, index) => isSame(one, right[index])));
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

/** Undos that are equal are shared already; others are only taken for different. */
function isSameTrail(left: Trail, right: Trail): boolean {
  return (
    left.length === right.length &&
    left.every(({ version, undo }, index) => version === right[index]?.version && undo === right[index]?.undo)
  );
}
