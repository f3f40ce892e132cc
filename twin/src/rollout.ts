import { parseDuration } from './duration.js';
import { parseInstant } from './instant.js';
import type { Json } from './json.js';
import { LIMITS } from './limit.js';
import { elementsOf, integerOf, membersOf, numberOf, type Place, refuseValue, textOf, wordOf } from './members.js';
import { parseRolloutWindow, type RolloutWindow, type RolloutWindowInput } from './rollout-window.js';

/** A rollout as the operator writes it (PROTOCOL, HTTP API). Durations are texts such as `24h`. */
export interface RolloutInput {
  readonly phases?: readonly { readonly percent: number; readonly wait?: string }[];
  readonly abort?: {
    readonly failedPercent: number;
    readonly minimum?: number;
    /** The same as `onAbort` beside `abort`; written once only. */
    readonly onAbort?: AbortReaction;
  };
  /** Also what the action `abort` does, so it may stand without a threshold. */
  readonly onAbort?: AbortReaction;
  readonly retries?: number;
  readonly timeout?: string;
  readonly onFailure?: FailureReaction;
  readonly ratePerMinute?: number;
  /** RFC 3339, with an offset. */
  readonly startAt?: string;
  readonly window?: RolloutWindowInput;
}

/** Whether the admitted keep the new generation when a rollout is aborted, or return to the stable one. */
export type AbortReaction = 'hold' | 'rollback';
/** Whether a device that failed for good returns to the stable generation, or keeps the new one. */
export type FailureReaction = 'fallback' | 'keep';

/** A rollout with its defaults filled in, all in numbers. Inputs that mean the same give the same JSON text. */
export interface RolloutPolicy {
  /** At least one; percents rise strictly, the last is 100. */
  readonly phases: readonly RolloutPhase[];
  readonly abort: AbortThreshold | undefined;
  readonly onAbort: AbortReaction;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly timeoutMs: number | undefined;
  readonly onFailure: FailureReaction;
  readonly ratePerMinute: number | undefined;
  /** Milliseconds since 1970. */
  readonly startAt: number | undefined;
  readonly window: RolloutWindow | undefined;
}

export interface RolloutPhase {
  /** Cumulative, above 0, at most 100, a whole number of thousandths. */
  readonly percent: number;
  /** From the moment the target of the phase is reached until the next phase may open. */
  readonly waitMs: number;
}

export interface AbortThreshold {
  /** From 0 to 100, a whole number of thousandths; to be exceeded, so 100 never is. */
  readonly failedPercent: number;
  /** As long as fewer devices finished, nothing is judged. */
  readonly minimum: number;
}

/**
 * What an operator wrote, checked and normalized. `path` is the JSON Pointer of the rollout, such as `/rollout`.
 * Throws `malformed` for a value that is missing or of the wrong type, `bad-request` for one that is out of its
 * bounds or not known; both name the place and what to write.
 */
export function parseRollout(input: Json, path: string): RolloutPolicy {
  const at = membersOf({ value: input, path }, MEMBERS);
  return {
    phases: optional(at('phases'), parsePhases) ?? [{ percent: 100, waitMs: 0 }],
    ...parseAbort(at('abort'), at('onAbort')),
    retries: optional(at('retries'), (place) => integerOf(place, 0, LIMITS.rolloutRetriesMax)) ?? 0,
    timeoutMs: optional(at('timeout'), parseTimeout),
    onFailure: optional(at('onFailure'), (place) => wordOf(place, FAILURE_REACTIONS)) ?? 'fallback',
    ratePerMinute: optional(at('ratePerMinute'), (place) => integerOf(place, 1, LIMITS.rolloutRatePerMinuteMax)),
    startAt: optional(at('startAt'), (place) => parseInstant(textOf(place, TIME), place.path)),
    window: optional(at('window'), parseRolloutWindow),
  };
}

const MEMBERS = [
  'phases',
  'abort',
  'onAbort',
  'retries',
  'timeout',
  'onFailure',
  'ratePerMinute',
  'startAt',
  'window',
] as const;
const ABORT_REACTIONS = ['hold', 'rollback'] as const;
const FAILURE_REACTIONS = ['fallback', 'keep'] as const;
const TIME = 'a time such as "2027-01-31T22:00:00Z"';
const DURATION = 'a duration such as "90m"';

function optional<Parsed>(place: Place, parse: (place: Place) => Parsed): Parsed | undefined {
  return place.value === undefined ? undefined : parse(place);
}

function parsePhases(place: Place): readonly RolloutPhase[] {
  const phases = elementsOf(place, 'a list of phases such as [{"percent": 10, "wait": "1h"}, {"percent": 100}]');
  if (phases.length === 0) refuseValue(place, 'is empty: write a phase, or leave it away for one of 100 %');
  if (phases.length > LIMITS.rolloutPhasesMax) {
    refuseValue(place, `has too many phases: write at most ${LIMITS.rolloutPhasesMax}`);
  }
  let before = 0;
  return phases.map((phase, index) => {
    const parsed = parsePhase(phase, before, index === phases.length - 1);
    before = parsed.percent;
    return parsed;
  });
}

function parsePhase(place: Place, before: number, isLast: boolean): RolloutPhase {
  const at = membersOf(place, ['percent', 'wait']);
  const percent = parsePercent(at('percent'));
  if (percent <= before) {
    refuseValue(at('percent'), `does not rise: write more than ${before}, percents count the phases before them too`);
  }
  if (isLast && percent !== 100)
    refuseValue(at('percent'), 'is the last: write 100, so that every device has its turn');
  return { percent, waitMs: optional(at('wait'), (wait) => parseDuration(textOf(wait, DURATION), wait.path)) ?? 0 };
}

function parsePercent(place: Place): number {
  const percent = numberOf(place, 'a percent such as 5 or 0.5');
  if (percent < 0 || percent > 100) refuseValue(place, 'is out of range: write a percent from 0 to 100');
  const scale = 10 ** LIMITS.percentDecimalsMax;
  // The quotient of two integers is rounded once, as a written decimal is: they are equal exactly if it has few enough.
  if (Math.round(percent * scale) / scale === percent) return percent;
  return refuseValue(place, `is too fine: write at most ${LIMITS.percentDecimalsMax} decimals`);
}

function parseAbort(abort: Place, onAbort: Place): Pick<RolloutPolicy, 'abort' | 'onAbort'> {
  const reactionOf = (place: Place) => optional(place, (one) => wordOf(one, ABORT_REACTIONS));
  const reaction = reactionOf(onAbort);
  if (abort.value === undefined) return { abort: undefined, onAbort: reaction ?? 'hold' };
  const at = membersOf(abort, ['failedPercent', 'minimum', 'onAbort']);
  const inner = reactionOf(at('onAbort'));
  if (inner !== undefined && reaction !== undefined) {
    refuseValue(at('onAbort'), `is written twice: leave it away here, or ${onAbort.path}`);
  }
  const minimum = optional(at('minimum'), (place) => integerOf(place, 1, LIMITS.rolloutAbortMinimumMax)) ?? 1;
  return { abort: { failedPercent: parsePercent(at('failedPercent')), minimum }, onAbort: reaction ?? inner ?? 'hold' };
}

function parseTimeout(place: Place): number {
  const timeoutMs = parseDuration(textOf(place, DURATION), place.path);
  return timeoutMs > 0 ? timeoutMs : refuseValue(place, 'is no time at all: write more, or leave it away for none');
}
