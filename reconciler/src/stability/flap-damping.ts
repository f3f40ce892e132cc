/** More changes than `changesMax` within `withinMs` milliseconds are too many. */
export interface FlapBound {
  readonly changesMax: number;
  readonly withinMs: number;
}

/** What is remembered of a device that entered or left a configuration lately; times are of elapsed time. */
export interface Flaps {
  /** The oldest first. */
  readonly changedAtMs: readonly number[];
  /** Undefined while it is not held. */
  readonly suppression?: Suppression | undefined;
}

export interface Suppression {
  /** Whether it is held in the configuration, or out of it. */
  readonly isIn: boolean;
  /** Where it would be, and since when it would be there. */
  readonly wouldBeIn: boolean;
  readonly quietSinceMs: number;
}

/**
 * What is to be remembered of a device that is, or is not, in a configuration and would be, or not, by its match. A change
 * that would be one too many is held back: then the device stays as it is until its match has not changed for `withinMs`.
 * Undefined: nothing, and it follows its match. Asked again with the same it changes nothing but what time does.
 */
export function nextFlaps(
  flaps: Flaps | undefined,
  { isIn, wouldBeIn }: { readonly isIn: boolean; readonly wouldBeIn: boolean },
  { changesMax, withinMs }: FlapBound,
  nowMs: number,
): Flaps | undefined {
  const held = flaps?.suppression;
  if (flaps && held && nowMs - held.quietSinceMs < withinMs) {
    return held.wouldBeIn === wouldBeIn
      ? flaps
      : { ...flaps, suppression: { ...held, wouldBeIn, quietSinceMs: nowMs } };
  }
  const lately = held ? [] : (flaps?.changedAtMs ?? []).filter((atMs) => nowMs - atMs < withinMs);
  if (isIn === wouldBeIn) return lately.length === 0 ? undefined : { changedAtMs: lately };
  if (lately.length < changesMax) return { changedAtMs: [...lately, nowMs] };
  return { changedAtMs: lately, suppression: { isIn, wouldBeIn, quietSinceMs: nowMs } };
}
