import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, type ChangePage, followChanges, MemoryStore, type Registry } from './index.js';
import { FakeClock, openRegistry } from './testing/index.js';
import { OPERATOR } from './testing/operator.js';
import { range, sequencesOf } from './testing/store-suite/numbered-entry.js';

const turn = (): Promise<void> => new Promise((go) => setImmediate(go));

async function makeChanges(registry: Registry, count: number, prefix = 'd'): Promise<void> {
  for (const n of range(1, count)) await registry.devices.register(OPERATOR, `${prefix}${n}`, {});
}

/** Follows the log and keeps every change. */
function listen(
  registry: Registry,
  after: number,
  handle: (changes: readonly Change[]) => void | Promise<void> = () => {},
) {
  const heard: number[] = [];
  const missed: number[] = [];
  const failures: unknown[] = [];
  const clock = new FakeClock();
  const cancel = followChanges(registry.changeLog, after, {
    clock,
    handle: async (changes) => {
      heard.push(...sequencesOf(changes));
      await handle(changes);
    },
    missed: (oldest) => missed.push(oldest),
    failed: (error) => failures.push(error),
  });
  return { clock, heard, missed, failures, cancel };
}

describe('every change comes once and in order', () => {
  test('older changes page by page, then new ones', async () => {
    const registry = await openRegistry();
    await makeChanges(registry, 2_500);
    const { heard, missed, failures, cancel } = listen(registry, 100);
    await expect.poll(() => heard.length).toBe(2_400);
    await makeChanges(registry, 10, 'later');
    await expect.poll(() => heard.length).toBe(2_410);
    expect([heard, missed, failures]).toEqual([range(101, 2_510), [], []]);
    cancel();
  });

  test('for any timing of writers and of a slow handler', async () => {
    const timing = fc.array(fc.record({ writes: fc.nat(3), turns: fc.nat(2), slow: fc.nat(2) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(timing, async (steps) => {
        const registry = await openRegistry();
        let turns = 0;
        const { heard, cancel } = listen(registry, 0, async () => {
          for (let count = turns; count > 0; count -= 1) await turn();
        });
        let head = 0;
        for (const step of steps) {
          turns = step.slow;
          await Promise.all(range(1, step.writes).map((n) => registry.devices.register(OPERATOR, `d${head + n}`, {})));
          head += step.writes;
          for (let count = step.turns; count > 0; count -= 1) await turn();
        }
        for (let count = 0; heard.length < head && count < 100; count += 1) await turn();
        expect(heard).toEqual(range(1, head));
        cancel();
      }),
      { numRuns: 100 },
    );
  });

  test('the next page waits for the handler', async () => {
    const registry = await openRegistry();
    let release = (): void => {};
    const { heard, cancel } = listen(registry, 0, () => new Promise((go) => (release = go)));
    await makeChanges(registry, 1);
    await expect.poll(() => heard.length).toBe(1);
    await makeChanges(registry, 2, 'e');
    await turn();
    expect(heard).toEqual([1]);
    release();
    await expect.poll(() => heard.length).toBe(3);
    cancel();
  });
});

test('after cancelling no change comes, not even of a page that is being read', async () => {
  const registry = await openRegistry();
  await makeChanges(registry, 3);
  const { heard, cancel } = listen(registry, 0);
  cancel();
  await makeChanges(registry, 3, 'e');
  await turn();
  expect(heard).toEqual([]);
});

describe('a gap is reported', () => {
  test('when changes were trimmed, and continue from the oldest', async () => {
    const store = new MemoryStore();
    const registry = await openRegistry({ store });
    await makeChanges(registry, 10);
    await store.trim({ olderThan: 0, bytesMax: 500 });
    const { oldest } = await store.changes(0, 1);
    const { heard, missed, cancel } = listen(registry, 2);
    await expect.poll(() => heard.length).toBe(10 - oldest + 1);
    expect([heard, missed, oldest > 3]).toEqual([range(oldest, 10), [oldest], true]);
    cancel();
  });

  test('but not when only changes before the cursor are gone', async () => {
    const store = new MemoryStore();
    const registry = await openRegistry({ store });
    await makeChanges(registry, 10);
    await store.trim({ olderThan: 0, bytesMax: 500 });
    const { oldest } = await store.changes(0, 1);
    const { heard, missed, cancel } = listen(registry, oldest - 1);
    await expect.poll(() => heard.length).toBe(10 - oldest + 1);
    expect([heard, missed]).toEqual([range(oldest, 10), []]);
    cancel();
  });

  test('when the cursor belongs to a longer log', async () => {
    const registry = await openRegistry();
    await makeChanges(registry, 3);
    const { heard, missed, cancel } = listen(registry, 50);
    await expect.poll(() => heard.length).toBe(3);
    expect([heard, missed]).toEqual([[1, 2, 3], [1]]);
    cancel();
  });
});

test('a page on which the handler failed comes again a second later, and nothing is skipped', async () => {
  const registry = await openRegistry();
  await makeChanges(registry, 1_500);
  const fault = new Error('a bug');
  let faults = 2;
  const { clock, heard, failures, cancel } = listen(registry, 0, () => {
    faults -= 1;
    if (faults >= 0) throw fault;
  });
  await expect.poll(() => failures).toEqual([fault]);
  await makeChanges(registry, 3, 'e');
  await turn();
  expect([heard, failures]).toEqual([range(1, 1_000), [fault]]);
  clock.advance(1_000);
  await expect.poll(() => failures).toEqual([fault, fault]);
  clock.advance(1_000);
  await expect.poll(() => heard.length).toBe(3_503);
  expect(heard.slice(2_000)).toEqual(range(1, 1_503));
  cancel();
});

test('a log that cannot be read is read again from the cursor', async () => {
  const fault = new Error('no disk');
  let faults = 1;
  class StumblingStore extends MemoryStore {
    override changes(after: number, limit: number): Promise<ChangePage> {
      if (after < 2 || faults === 0) return super.changes(after, limit);
      faults -= 1;
      return Promise.reject(fault);
    }
  }
  const registry = await openRegistry({ store: new StumblingStore() });
  await makeChanges(registry, 2);
  const { clock, heard, missed, failures, cancel } = listen(registry, 0);
  await expect.poll(() => heard).toEqual([1, 2]);
  await makeChanges(registry, 2, 'e');
  await expect.poll(() => failures).toEqual([fault]);
  clock.advance(1_000);
  await expect.poll(() => heard).toEqual([1, 2, 3, 4]);
  expect(missed).toEqual([]);
  cancel();
});

test('after cancelling a failed read is not retried', async () => {
  const registry = await openRegistry();
  await makeChanges(registry, 1);
  const { clock, heard, failures, cancel } = listen(registry, 0, () => {
    throw new Error('a bug');
  });
  await expect.poll(() => failures).toHaveLength(1);
  cancel();
  clock.advance(1_000);
  await turn();
  expect(heard).toEqual([1]);
});
