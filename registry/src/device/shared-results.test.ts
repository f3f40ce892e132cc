import { expect, test } from 'vitest';
import { makeDevice } from '../testing/index.js';
import type { Outcome } from './outcome.js';
import type { Resolution } from './resolution.js';
import { SharedResults } from './shared-results.js';

const resolution: Resolution = { kind: 'document', desired: { speed: 20 }, configurations: [] };
const nothing: Outcome = { part: { configurations: [], problem: undefined, admissions: undefined } };

test('a device with the same inputs shares the last outcome, any other is decided again', () => {
  const shared = new SharedResults();
  let decided = 0;
  const decide = (): Outcome => {
    decided += 1;
    return nothing;
  };
  const first = makeDevice({ id: 'a', tags: { n: 1 } });
  const alike = { ...first, id: 'b', tags: { n: 2 }, reported: { x: 1 }, connected: true };
  expect(shared.outcome(first, resolution, decide)).toBe(nothing);
  expect(shared.outcome(alike, resolution, decide)).toBe(nothing);
  expect(decided).toBe(1);
  const others = [
    { ...first, desired: { speed: 1 } },
    { ...first, desiredVersion: 7 },
    { ...first, bornVersion: 7 },
    { ...first, trail: [{ version: 1, undo: {} }] },
    { ...first, configurations: [] },
    { ...first, problem: { code: 'too-large', message: 'much' } as const },
    { ...first, admissions: [] },
    { ...first, acknowledged: { version: 1, status: 'applied', at: 1 } as const },
  ];
  for (const [index, other] of others.entries()) {
    shared.outcome(other, resolution, decide);
    expect(decided).toBe(index + 2);
  }
  shared.outcome(others.at(-1) ?? first, { ...resolution }, decide);
  expect(decided).toBe(others.length + 2);
});
