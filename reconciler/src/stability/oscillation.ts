/** A device came to have other configurations as layers; moments are milliseconds of elapsed time. */
export interface LayerTurn {
  /** Ids, in their order. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Those that the device had when it was decided. */
  readonly desiredVersion: number;
  readonly reportedVersion: number;
  readonly atMs: number;
}

/** So many times a device has to return to the layers that it had before its last turn. */
export const RETURNS_MIN = 4;
/** All of that within this time. */
export const OSCILLATION_WITHIN_MS = 10 * 60_000;

/**
 * What is to be remembered of the turns of a device, the oldest first: those that led to and fro between the same two
 * lists of layers, each after the turn before had changed what the device should have, and it had reported something.
 */
export function withTurn(turns: readonly LayerTurn[], turn: LayerTurn): readonly LayerTurn[] {
  const last = turns.at(-1);
  if (!last || !isReturn(last, turn)) return [turn];
  return [...turns.filter(({ atMs }) => turn.atMs - atMs < OSCILLATION_WITHIN_MS), turn].slice(-RETURNS_MIN - 1);
}

/** Ids of the configurations that push each other on a device; one alone takes itself away. Undefined: none do. */
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
