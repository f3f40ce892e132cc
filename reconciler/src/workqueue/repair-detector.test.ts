import { expect, test } from 'vitest';
import { RepairDetector } from './repair-detector.js';

function detector() {
  const logged: string[] = [];
  const caughtUp = { resolve: () => {}, reject: (_error: Error) => {} };
  const promise = new Promise<void>((resolve, reject) => Object.assign(caughtUp, { resolve, reject }));
  const repairs = new RepairDetector({ log: (_level, message) => void logged.push(message), caughtUp: () => promise });
  return { repairs, logged, caughtUp };
}

test('a device counts if no change queues it until all changes were read', async () => {
  const { repairs, logged, caughtUp } = detector();
  repairs.suspect('a');
  const judged = repairs.judge('a');
  expect([repairs.repaired, repairs.isIdle]).toEqual([0, false]);
  caughtUp.resolve();
  await judged;
  expect([repairs.repaired, repairs.isIdle]).toEqual([1, true]);
  expect(logged).toEqual([expect.stringContaining('repaired')]);
});

test.each([
  ['before the resync repaired it', (repairs: RepairDetector) => repairs.acquit('a'), () => {}],
  ['after that', () => {}, (repairs: RepairDetector) => repairs.acquit('a')],
  ['and perhaps every device', () => {}, (repairs: RepairDetector) => repairs.acquitAll()],
])('a device that a change queues does not count: %s', async (_name, before, after) => {
  const { repairs, logged, caughtUp } = detector();
  repairs.suspect('a');
  before(repairs);
  const judged = repairs.judge('a');
  after(repairs);
  caughtUp.resolve();
  await judged;
  expect([repairs.repaired, repairs.isIdle, logged]).toEqual([0, true, []]);
});

test('an undecided repair does not count', async () => {
  const { repairs, logged, caughtUp } = detector();
  repairs.suspect('a');
  const judged = repairs.judge('a');
  caughtUp.reject(new Error('no disk'));
  await judged;
  expect([repairs.repaired, repairs.isIdle]).toEqual([0, true]);
  expect(logged).toEqual([expect.stringContaining('cannot be decided')]);
});
