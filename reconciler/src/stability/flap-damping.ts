/** At most `changesMax` changes within `withinMs` milliseconds. */
export interface FlapBound {
  readonly changesMax: number;
  readonly withinMs: number;
}

/** Recent changes of a device in a configuration; times are elapsed time. */
export interface Flaps {
  /** The oldest first. */
  readonly changedAtMs: readonly number[];
  /** Undefined while it is not held. */
  readonly suppression?: Suppression | undefined;
}

export interface Suppression {
  /** Whether it is held in the configuration, or out of it. */
  readonly isIn: boolean;
  /** Where its match would put it, and since when. */
  readonly wouldBeIn: boolean;
  readonly quietSinceMs: number;
}

/**
 * Next flap state, given whether the device is in the configuration and whether it matches. A change over the bound is
 * held back: the device stays until its match has not changed for `withinMs`. Undefined: nothing to remember, the
 * device follows its match. With the same arguments only elapsed time changes the result.
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
