/** A rollout with its defaults filled in, all in numbers. Inputs that mean the same give the same JSON text. */
export interface RolloutPolicy {
  /** At least one; percents rise strictly, the last is 100. */
  readonly phases: readonly RolloutPhase[];
  readonly abort: AbortThreshold | undefined;
  readonly onAbort: AbortReaction;
  /** Attempts after the first. */
  readonly retries: number;
  readonly timeoutMs: number | undefined;
  readonly onFailure: FailureReaction;
  readonly ratePerMinute: number | undefined;
  /** Milliseconds since 1970. */
  readonly startAt: number | undefined;
  readonly window: RolloutWindow | undefined;
}

/** Whether admitted devices keep the new generation when a rollout is aborted, or return to the stable one. */
export type AbortReaction = 'hold' | 'rollback';
/** Whether a device that failed for good returns to the stable generation, or keeps the new one. */
export type FailureReaction = 'fallback' | 'keep';

export interface RolloutPhase {
  /** Cumulative, above 0, at most 100, a whole number of thousandths. */
  readonly percent: number;
  /** From the moment the target of the phase is reached until the next phase may open. */
  readonly waitMs: number;
}

export interface AbortThreshold {
  /** From 0 to 100, a whole number of thousandths. It has to be exceeded, so 100 never aborts. */
  readonly failedPercent: number;
  /** The share is not judged while fewer devices have finished. */
  readonly minimum: number;
}

/** Wall clock times: `from` is in the window, `to` is not. A window with `from` above `to` crosses midnight. */
export interface RolloutWindow {
  /** The days on which it begins, in the order of the week, at least one. */
  readonly days: readonly Weekday[];
  /** Minutes since midnight, 0 to 1,439. */
  readonly fromMinutes: number;
  /** Minutes since midnight, 0 to 1,440; never `fromMinutes`. */
  readonly toMinutes: number;
  readonly timezone: RolloutTimezone;
}

/** In the order of the week (ISO 8601). */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** One zone for all devices, or the zone that a tag of each device names. `path` leads from the root of the tags. */
export type RolloutTimezone =
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'tag'; readonly path: readonly string[] };
