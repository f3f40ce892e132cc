/** A change of the configurations that are layers of a device; times are elapsed time in milliseconds. */
export interface LayerTurn {
  /** Ids, in order. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Versions of the device when the turn was decided. */
  readonly desiredVersion: number;
  readonly reportedVersion: number;
  readonly atMs: number;
}

/** Returns of a device to the layers before its last turn that make an oscillation. */
export const RETURNS_MIN = 4;
/** Time within which these returns happen. */
export const OSCILLATION_WITHIN_MS = 10 * 60_000;

/**
 * The turns to remember, oldest first: those between the same two lists of layers, each after the turn before changed
 * the desired document and the device reported something.
 */
export function withTurn(turns: readonly LayerTurn[], turn: LayerTurn): readonly LayerTurn[] {
  const last = turns.at(-1);
  if (!last || !isReturn(last, turn)) return [turn];
  return [...turns.filter(({ atMs }) => turn.atMs - atMs < OSCILLATION_WITHIN_MS), turn].slice(-RETURNS_MIN - 1);
}

/** Ids of the configurations that push each other on a device; a single one removes itself. Undefined: none. */
export function oscillatingIds(turns: readonly LayerTurn[], nowMs: number): readonly string[] | undefined {
  const last = turns.at(-1);
  if (!last || turns.length <= RETURNS_MIN || nowMs - last.atMs >= OSCILLATION_WITHIN_MS) return undefined;
  const { before, after } = last;
  return [...before.filter((id) => !after.includes(id)), ...after.filter((id) => !before.includes(id))].sort();
}

function isReturn(last: LayerTurn, turn: LayerTurn): boolean {
  return (
    isSame(last.after, turn.before) &&
    isSame(last.before, turn.after) &&
    turn.desiredVersion > last.desiredVersion &&
    turn.reportedVersion > last.reportedVersion
  );
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
