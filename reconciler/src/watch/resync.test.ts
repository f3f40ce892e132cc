import { isLive } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { expect, onTestFinished, test } from 'vitest';
import { FailingStore } from '../testing/index.js';
import { EntryWalk } from './entry-walk.js';
import { Resync } from './resync.js';

async function sweepOf(count: number) {
  const store = new FailingStore();
  const registry = await openRegistry({ store });
  const ids = Array.from({ length: count }, (_, n) => `d-${String(n).padStart(5, '0')}`);
  for (const id of ids)
    await registry.devices.register(OPERATOR, id, { auth: { type: 'secret', secret: 'sixteen characters' } });
  const clock = new FakeClock();
  const [visited, logged]: [string[], string[]] = [[], []];
  let rounds = 0;
  const walk = new EntryWalk(clock);
  const sweep = new Resync({
    walkPage: (after, limit, visit) =>
      walk.page(
        'device',
        (...page) => registry.devices.scan(...page),
        { after, limit },
        (page) => {
          for (const entry of page) if (isLive(entry)) visit(entry);
        },
      ),
    clock,
    log: (_level, message) => void logged.push(message),
    intervalMs: 60_000,
    devices: () => count,
    begin: async () => {
      rounds += 1;
    },
    visit: ({ id }) => visited.push(id),
  });
  onTestFinished(() => sweep.stop());
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await sweep.idle();
  };
  sweep.start();
  return { sweep, store, ids, visited, logged, advance, rounds: () => rounds };
}

test('a round visits every device once, spread over the interval, and the next one follows', async () => {
  const { ids, visited, advance, rounds } = await sweepOf(1_200);
  await advance(19_999);
  expect(visited).toEqual([]);
  await advance(1);
  expect(visited.length).toBeGreaterThan(0);
  expect(visited.length).toBeLessThan(1_200);
  await advance(20_000);
  await advance(20_000);
  expect(visited).toEqual(ids);
  expect(rounds()).toBe(1);
  await advance(20_000);
  expect(visited.slice(1_200)).toEqual(ids.slice(0, visited.length - 1_200));
  expect([visited.length > 1_200, rounds()]).toEqual([true, 2]);
});

test('an empty fleet is visited once an interval', async () => {
  const { visited, advance, rounds } = await sweepOf(0);
  for (let minute = 0; minute < 3; minute += 1) await advance(60_000);
  expect([visited, rounds()]).toEqual([[], 3]);
});

test('a page that failed is read again in the next turn', async () => {
  const { store, ids, visited, logged, advance } = await sweepOf(3);
  store.failing.add('scan');
  await advance(60_000);
  expect([visited, logged]).toEqual([[], [expect.stringContaining('resync failed')]]);
  store.failing.clear();
  await advance(60_000);
  expect(visited).toEqual(ids);
});

test('after a stop nothing more is read', async () => {
  const { sweep, visited, advance } = await sweepOf(3);
  await sweep.stop();
  await advance(600_000);
  sweep.start();
  await advance(600_000);
  expect(visited).toEqual([]);
});
