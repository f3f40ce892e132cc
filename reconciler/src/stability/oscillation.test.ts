import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LayerTurn, OSCILLATION_WITHIN_MS, oscillatingIds, RETURNS_MIN, withTurn } from './oscillation.js';

const SECOND_MS = 1_000;

/** Turns between lists of layers, one a second, each with the next desired and reported version. */
function turning(lists: readonly string[], change: (turn: LayerTurn, index: number) => LayerTurn = (turn) => turn) {
  let turns: readonly LayerTurn[] = [];
  lists.slice(1).forEach((after, index) => {
    const [before, last] = [lists[index] ?? '', after].map((text) => text.split(' ').filter((id) => id !== ''));
    const turn = { before: before ?? [], after: last ?? [], desiredVersion: index, reportedVersion: index };
    turns = withTurn(turns, change({ ...turn, atMs: index * SECOND_MS }, index));
  });
  return turns;
}

const oscillating = (turns: readonly LayerTurn[]) => oscillatingIds(turns, turns.at(-1)?.atMs ?? 0);
const TO_AND_FRO = ['a', 'b', 'a', 'b', 'a', 'b'];

test.each<[what: string, lists: string[], expected: string[] | undefined]>([
  ['two in turn', TO_AND_FRO, ['a', 'b']],
  ['two in turn beside others', TO_AND_FRO.map((id) => `${id} x y`), ['a', 'b']],
  ['several against one', ['a', 'b c', 'a', 'b c', 'a', 'b c'], ['a', 'b', 'c']],
  ['one that removes itself', ['a', '', 'a', '', 'a', ''], ['a']],
  ['once too few', TO_AND_FRO.slice(1), undefined],
  ['a third in between', ['a', 'b', 'a', 'c', 'a', 'b', 'a', 'b'], undefined],
  ['after a third', ['c', ...TO_AND_FRO], ['a', 'b']],
  ['a turn was missed', ['a', 'b', 'a', 'b', 'a', 'b', 'c'], undefined],
])('%s', (_, lists, expected) => {
  expect(oscillating(turning(lists))).toEqual(expected);
});

test.each<[what: string, change: (turn: LayerTurn, index: number) => LayerTurn]>([
  ['nothing was reported', (turn) => ({ ...turn, reportedVersion: 7 })],
  ['the desired document did not change', (turn) => ({ ...turn, desiredVersion: 7 })],
  ['it took too long', (turn, index) => ({ ...turn, atMs: (index * OSCILLATION_WITHIN_MS) / RETURNS_MIN })],
])('it is no oscillation if %s', (_, change) => {
  expect(oscillating(turning(TO_AND_FRO))).toBeDefined();
  expect(oscillating(turning(TO_AND_FRO, change))).toBeUndefined();
});

test('an oscillation ends when the device is quiet', () => {
  const turns = turning(TO_AND_FRO);
  const lastMs = turns.at(-1)?.atMs ?? 0;
  expect(oscillatingIds(turns, lastMs + OSCILLATION_WITHIN_MS - 1)).toEqual(['a', 'b']);
  expect(oscillatingIds(turns, lastMs + OSCILLATION_WITHIN_MS)).toBeUndefined();
});

test('at most a handful of turns is remembered', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'a b'), { maxLength: 40 }), (lists) => {
      expect(turning(lists).length).toBeLessThanOrEqual(RETURNS_MIN + 1);
    }),
  );
});
