import { LIMITS } from '@muster/twin';
import { expect, test } from 'vitest';
import { ChangeHistogram } from './change-histogram.js';

test('counts devices by change, most devices first, then in the order of paths', () => {
  const counter = new ChangeHistogram();
  counter.add({ path: '/b', before: 1, after: 2 }, 2);
  counter.add({ path: '/a', after: { x: 1, y: 2 } }, 1);
  counter.add({ path: '/c', after: 1 }, 5);
  counter.add({ path: '/a', after: { y: 2, x: 1 } }, 1);
  expect(counter.view()).toEqual({
    changes: [
      { path: '/c', after: 1, devices: 5 },
      { path: '/a', after: { x: 1, y: 2 }, devices: 2 },
      { path: '/b', before: 1, after: 2, devices: 2 },
    ],
    changesLeftOut: 0,
  });
});

test('tells an absent value from null, and before from after', () => {
  const counter = new ChangeHistogram();
  const changes = [{ before: 1 }, { after: 1 }, { before: 1, after: null }, { before: null, after: 1 }];
  for (const change of changes) counter.add({ path: '/a', ...change }, 1);
  expect(counter.view().changes).toHaveLength(changes.length);
});

test('lists the changes with most devices, in any order of arrival, and counts the others', () => {
  const counter = new ChangeHistogram();
  const amount = LIMITS.previewChangesMax + 50;
  for (let n = 0; n < amount; n += 1) counter.add({ path: `/p${n}`, after: n }, n + 1);
  const { changes, changesLeftOut } = counter.view();
  expect(changes.map(({ after }) => after)).toEqual(
    Array.from({ length: LIMITS.previewChangesMax }, (_, n) => amount - 1 - n),
  );
  expect(changesLeftOut).toBe((50 * 51) / 2);
});

test.each([
  ['too many', LIMITS.previewChangesHeldMax, ''],
  ['too long', 100, 'x'.repeat(LIMITS.previewChangesHeldLengthMax / 50)],
])('changes that are %s to be told apart are counted as left out', (_, kinds, text) => {
  const counter = new ChangeHistogram();
  counter.add({ path: '/common', after: 1 }, 7);
  for (let n = 0; n <= kinds; n += 1) counter.add({ path: '/serial', after: `${n}${text}` }, 1);
  counter.add({ path: '/common', after: 1 }, 7);
  const { changes, changesLeftOut } = counter.view();
  expect(changes[0]).toEqual({ path: '/common', after: 1, devices: 14 });
  expect(changes.length).toBeLessThanOrEqual(LIMITS.previewChangesMax);
  expect(changesLeftOut).toBe(14 + kinds + 1 - changes.reduce((sum, { devices }) => sum + devices, 0));
  expect(changesLeftOut).toBeGreaterThan(0);
});
