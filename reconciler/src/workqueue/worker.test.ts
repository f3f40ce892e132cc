import { FakeClock } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { turns } from '../testing/index.js';
import { Worker } from './worker.js';

interface Parts {
  readonly reconcile?: (id: string) => Promise<boolean>;
  readonly caughtUp?: () => Promise<void>;
  readonly urgent?: readonly string[];
}

function workerOf({ reconcile = async () => false, caughtUp = async () => {}, urgent = [] }: Parts = {}) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const seen: string[] = [];
  const worker = new Worker({
    clock,
    log: (level, message) => void logged.push(`${level}: ${message}`),
    isUrgent: (id) => urgent.includes(id),
    reconcile: async (id) => {
      seen.push(id);
      return { result: { isChanged: await reconcile(id) }, durable: Promise.resolve() };
    },
    reconciled: () => false,
    version: () => 0,
    caughtUp,
  });
  return { worker, clock, logged, seen };
}

test('added ids are reconciled, urgent ones first, and counted', async () => {
  const { worker, seen } = workerOf({ reconcile: async (id) => id !== 'a', urgent: ['c'] });
  for (const id of ['a', 'b', 'c', 'a']) worker.add(id, 'change');
  expect(worker.counters.queued).toBe(3);
  await worker.idle();
  expect(seen).toEqual(['c', 'a', 'b']);
  expect(worker.counters).toEqual({ queued: 0, reconciled: 3, changed: 2, repaired: 0, failed: 0 });
});

test('a waiting device that connects moves forward', async () => {
  const { worker, seen } = workerOf();
  for (const id of ['a', 'b', 'c']) worker.add(id, 'change');
  worker.bringForward('c');
  worker.bringForward('nobody');
  await worker.idle();
  expect(seen).toEqual(['c', 'a', 'b']);
});

test('an id that is added while it is reconciled is reconciled again', async () => {
  const { worker, seen } = workerOf({ reconcile: () => turns(3).then(() => true) });
  worker.add('a', 'change');
  await turns(2);
  worker.add('a', 'change');
  await worker.idle();
  expect(seen).toEqual(['a', 'a']);
});

test('failures are retried until they succeed, and logged once if they happen together', async () => {
  let isBroken = true;
  const reconcile = async () => {
    if (isBroken) throw new Error('no disk');
    return true;
  };
  const { worker, clock, logged, seen } = workerOf({ reconcile });
  for (const id of ['a', 'b']) worker.add(id, 'change');
  await worker.idle();
  expect(worker.counters).toMatchObject({ failed: 2, reconciled: 0 });
  expect(logged).toEqual([expect.stringMatching(/^error: .*retrying/)]);
  clock.advance(1_000);
  await worker.idle();
  isBroken = false;
  clock.advance(1_999);
  await worker.idle();
  expect(seen).toHaveLength(4);
  clock.advance(1);
  await worker.idle();
  clock.advance(10_000);
  await worker.idle();
  expect(seen).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(worker.counters).toMatchObject({ failed: 4, reconciled: 2, changed: 2 });
});

test('a resync after a failed change is no repair', async () => {
  let isBroken = true;
  const reconcile = async () => {
    if (isBroken) throw new Error('no disk');
    return true;
  };
  const { worker } = workerOf({ reconcile });
  worker.add('a', 'change');
  await worker.idle();
  isBroken = false;
  worker.add('a', 'resync');
  await worker.idle();
  expect(worker.counters).toMatchObject({ changed: 1, repaired: 0 });
});

test.each([
  ['found wrong by the resync alone', true, [], 1],
  ['found right', false, [], 0],
  ['that a change queues a moment later', true, ['a'], 0],
])('a device %s', async (_name, isChanged, later, repaired) => {
  const { worker } = workerOf({
    reconcile: async () => isChanged,
    caughtUp: async () => {
      for (const id of later) worker.add(id, 'change');
    },
  });
  worker.add('a', 'resync');
  await worker.idle();
  expect(worker.counters.repaired).toBe(repaired);
});

test('a caller that adds many ids waits until there is room', async () => {
  const { worker, seen } = workerOf({ reconcile: () => turns(1).then(() => false) });
  let most = 0;
  for (let n = 0; n < 30_000; n += 1) {
    worker.add(`d-${n}`, 'start');
    most = Math.max(most, worker.counters.queued ?? 0);
    await worker.room();
  }
  await worker.idle();
  expect(seen).toHaveLength(30_000);
  expect(most).toBeLessThanOrEqual(10_000);
});

test('a limited number is in flight at a time, and fewer if they are connected', async () => {
  const mostOf = async (ids: readonly string[], urgent: readonly string[]): Promise<number> => {
    let [underWay, most] = [0, 0];
    const reconcile = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await turns(20);
      underWay -= 1;
      return false;
    };
    const { worker } = workerOf({ reconcile, urgent });
    for (const id of ids) worker.add(id, 'change');
    await worker.idle();
    expect(worker.counters.reconciled).toBe(ids.length);
    return most;
  };
  const ids = Array.from({ length: 4_000 }, (_, n) => `d-${n}`);
  const [away, connected] = [await mostOf(ids, []), await mostOf(ids, ids)];
  expect(away).toBeLessThanOrEqual(1_100);
  expect(away).toBeGreaterThanOrEqual(1_000);
  expect(connected).toBeLessThanOrEqual(away / 2);
  expect(connected).toBeGreaterThanOrEqual(500);
});

test('a stop waits for devices in flight and drops the rest, retries included', async () => {
  const done: string[] = [];
  const { worker, clock, seen } = workerOf({
    reconcile: async (id) => {
      if (id === 'bad') throw new Error('no disk');
      await turns(5);
      done.push(id);
      return true;
    },
  });
  worker.add('bad', 'change');
  for (let n = 0; n < 5_000; n += 1) worker.add(`d-${n}`, 'change');
  const room = worker.room();
  await turns(2);
  await worker.stop();
  await room;
  const begun = seen.length;
  expect(done).toHaveLength(begun - 1);
  expect(begun).toBeLessThan(5_000);
  clock.advance(10_000);
  worker.add('late', 'change');
  await turns();
  expect(seen).toHaveLength(begun);
});

/** Decides at once; `flush` brings the decisions to disk. */
function flushingWorker(version: () => number) {
  const clock = new FakeClock();
  const seen: string[] = [];
  let flush = (_error?: Error): void => {};
  const nextDurable = () =>
    new Promise<void>((resolve, reject) => {
      flush = (error) => (error ? reject(error) : resolve());
    });
  let durable = nextDurable();
  const worker = new Worker({
    clock,
    log: () => {},
    isUrgent: () => false,
    reconcile: (id) => {
      seen.push(id);
      return { result: { isChanged: id !== 'same' }, durable };
    },
    reconciled: ({ isChanged }, isOutdated) => isChanged && isOutdated,
    version,
    caughtUp: async () => {},
  });
  const settle = async (error?: Error): Promise<void> => {
    const end = flush;
    durable = nextDurable();
    end(error);
    await turns(2);
  };
  return { worker, clock, seen, settle };
}

test('devices that share a flush are done when it is on disk', async () => {
  const { worker, settle } = flushingWorker(() => 0);
  for (const id of ['a', 'same', 'b']) worker.add(id, 'change');
  await turns(3);
  expect([worker.isIdle, worker.counters.reconciled]).toEqual([false, 0]);
  await settle();
  expect(worker.isIdle).toBe(true);
  expect(worker.counters).toMatchObject({ reconciled: 3, changed: 2 });
});

test('all devices of a failed flush are retried', async () => {
  const { worker, clock, seen, settle } = flushingWorker(() => 0);
  for (const id of ['a', 'b']) worker.add(id, 'change');
  await turns(3);
  await settle(new Error('no disk'));
  expect(worker.counters).toMatchObject({ reconciled: 0, failed: 2 });
  clock.advance(1_000);
  await turns(3);
  await settle();
  expect(seen).toEqual(['a', 'b', 'a', 'b']);
  expect(worker.counters).toMatchObject({ reconciled: 2 });
});

test('a device changed under an outdated version is reconciled again', async () => {
  let version = 1;
  const { worker, seen, settle } = flushingWorker(() => version);
  for (const id of ['a', 'same']) worker.add(id, 'start');
  await turns(3);
  version = 2;
  await settle();
  await turns(3);
  expect(seen).toEqual(['a', 'same', 'a']);
  await settle();
  expect(worker.isIdle).toBe(true);
});

test('a resync that overtakes a queued change repairs nothing', async () => {
  const answers: ((isChanged: boolean) => void)[] = [];
  const { worker } = workerOf({ reconcile: () => new Promise((resolve) => answers.push(resolve)) });
  worker.add('a', 'change');
  await turns(2);
  worker.add('a', 'resync');
  await turns(2);
  answers[1]?.(true);
  await turns(2);
  answers[0]?.(false);
  await worker.idle();
  expect(worker.counters).toMatchObject({ changed: 1, repaired: 0 });
  worker.add('a', 'resync');
  await turns(2);
  answers[2]?.(true);
  await worker.idle();
  expect(worker.counters.repaired).toBe(1);
});
