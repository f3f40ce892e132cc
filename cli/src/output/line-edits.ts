export interface Edit {
  readonly kind: 'same' | 'removed' | 'added';
  readonly line: string;
}

/** Beyond so many differences a shortest way is worth neither the time nor the memory. */
const EDITS_MAX = 1_000;

/** A shortest way from one list of lines to the other (Myers 1986); all replaced when they have little in common. */
export function lineEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const start = commonLength(before, after);
  const end = commonLength(before.slice(start).toReversed(), after.slice(start).toReversed());
  return [
    ...edits('same', before.slice(0, start)),
    ...middleEdits(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...edits('same', before.slice(before.length - end)),
  ];
}

function commonLength(left: readonly string[], right: readonly string[]): number {
  let length = 0;
  while (length < left.length && length < right.length && left[length] === right[length]) length += 1;
  return length;
}

function edits(kind: Edit['kind'], lines: readonly string[]): Edit[] {
  return lines.map((line) => ({ kind, line }));
}

/** How far along `before` one gets on each diagonal (place in `before` minus place in `after`). */
type Reach = ReadonlyMap<number, number>;

function middleEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const rounds: Reach[] = [];
  let reach: Reach = new Map([[1, 0]]);
  for (let distance = 0; distance <= EDITS_MAX; distance += 1) {
    rounds.push(reach);
    reach = advance(reach, distance, before, after);
    const isThere = (reach.get(before.length - after.length) ?? -1) >= before.length;
    if (isThere) return retrace(rounds, before, after);
  }
  return [...edits('removed', before), ...edits('added', after)];
}

function advance(reach: Reach, distance: number, before: readonly string[], after: readonly string[]): Reach {
  const next = new Map<number, number>();
  for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
    let place = entry(reach, diagonal, distance);
    while (place < before.length && place - diagonal < after.length && before[place] === after[place - diagonal])
      place += 1;
    next.set(diagonal, place);
  }
  return next;
}

/** Where a diagonal is entered: from the one above by adding a line, from the one below by removing one. */
function entry(reach: Reach, diagonal: number, distance: number): number {
  return isAddition(reach, diagonal, distance) ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1;
}

function isAddition(reach: Reach, diagonal: number, distance: number): boolean {
  if (diagonal === -distance) return true;
  return diagonal !== distance && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1);
}

/** The way back from the end, turned round. */
function retrace(rounds: readonly Reach[], before: readonly string[], after: readonly string[]): Edit[] {
  const way: Edit[] = [];
  let [place, other] = [before.length, after.length];
  for (const [distance, reach] of [...rounds.entries()].toReversed()) {
    const diagonal = place - other;
    const from = isAddition(reach, diagonal, distance) ? diagonal + 1 : diagonal - 1;
    const fromPlace = distance === 0 ? 0 : (reach.get(from) ?? 0);
    const fromOther = distance === 0 ? 0 : fromPlace - from;
    while (place > fromPlace && other > fromOther) {
      place -= 1;
      other -= 1;
      way.push({ kind: 'same', line: before[place] ?? '' });
    }
    if (place > fromPlace) way.push({ kind: 'removed', line: before[fromPlace] ?? '' });
    if (other > fromOther) way.push({ kind: 'added', line: after[fromOther] ?? '' });
    [place, other] = [fromPlace, fromOther];
  }
  return way.toReversed();
}
