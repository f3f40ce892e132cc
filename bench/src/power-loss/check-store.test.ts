import type { Change, DeviceEntry } from '@muster/registry';
import { expect, test } from 'vitest';
import { checkStore, type StoreContent } from './check-store.js';
import { NOTHING_PROMISED, type Promised, promisedAfter } from './mark.js';
import { type PlannedWrite, planLoad } from './plan-load.js';

const PLAN = planLoad(1, 20).flatMap(({ writes }) => writes);
/** A number of writes, the last of which has at least two changes. */
const COUNT = PLAN.findIndex((write, index) => index > 30 && write.changes().length > 1) + 1;
const PROMISED: Promised = { sent: COUNT + 3, acknowledged: COUNT - 2, trimOlderThan: 0, oldest: 0 };

function contentAfter(writes: readonly PlannedWrite[], oldest = 1): StoreContent {
  const entries = new Map(writes.map(({ kind, id, entry }) => [`${kind} ${id}`, { kind, entry }]));
  const log = writes
    .flatMap(({ changes }) => changes())
    .map((change, index): Change => ({ ...change, sequence: index + 1 }));
  return { entries: [...entries.values()], log: log.slice(oldest - 1), oldest, head: log.length };
}

const WHOLE = contentAfter(PLAN.slice(0, COUNT));
const phantom: DeviceEntry = { id: 'device-x', deleted: true, desiredVersion: 1, reportedVersion: 1, revision: 1 };

test('the result of the first N writes is whole', () => {
  expect(checkStore(WHOLE, PLAN, PROMISED)).toEqual({ count: COUNT });
});

test.each<[string, StoreContent, Promised]>([
  ['an acknowledged write is missing', WHOLE, { ...PROMISED, acknowledged: COUNT + 3 }],
  ['there is a write that was not sent', WHOLE, { ...PROMISED, sent: COUNT - 1 }],
  ['half of a write is missing', { ...WHOLE, log: WHOLE.log.slice(0, -1), head: WHOLE.head - 1 }, PROMISED],
  ['an entry is missing', { ...WHOLE, entries: WHOLE.entries.slice(1) }, PROMISED],
  [
    'there is an entry that was not sent',
    { ...WHOLE, entries: [...WHOLE.entries, { kind: 'device', entry: phantom }] },
    PROMISED,
  ],
  ['an entry is older than its log', { ...WHOLE, entries: contentAfter(PLAN.slice(0, COUNT - 1)).entries }, PROMISED],
  ['the log has a gap', { ...WHOLE, log: WHOLE.log.filter((_, index) => index !== 3) }, PROMISED],
  ['the log was never trimmed, and its beginning is gone', contentAfter(PLAN.slice(0, COUNT), 5), PROMISED],
  ['the log was trimmed, and is whole again', WHOLE, { ...PROMISED, trimOlderThan: 20, oldest: 5 }],
])('found out: %s', (_, content, promised) => {
  expect(checkStore(content, PLAN, promised)).toMatchObject({ faults: [expect.any(String)] });
});

test('the promised writes only grow', () => {
  const marks = [
    { type: 'sent', writes: 3 },
    { type: 'acknowledged', writes: 2 },
    { type: 'acknowledged', writes: 1 },
  ] as const;
  expect(marks.reduce(promisedAfter, NOTHING_PROMISED)).toMatchObject({ sent: 3, acknowledged: 2 });
});

test('a longer plan begins with a shorter one of the same seed', () => {
  const [short, long] = [planLoad(7, 5), planLoad(7, 9)];
  const plain = (plan: typeof long) => plan.map(({ writes }) => writes.map(({ entry, changes }) => [entry, changes()]));
  expect(plain(long).slice(0, 5)).toEqual(plain(short));
});
