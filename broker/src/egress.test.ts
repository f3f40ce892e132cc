import { type ChangePage, deviceActor, MemoryStore } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry, setDesired } from '@muster/registry/testing';
import type { Cancel } from '@muster/twin';
import { expect, test } from 'vitest';
import { startEgress } from './egress.js';

/** A store whose next reads of the log fail, and whose followers may sleep. */
class FailingStore extends MemoryStore {
  failures = 0;
  /** Whether commits wake no follower. */
  isAsleep = false;

  override follow(wake: () => void): Cancel {
    return super.follow(() => this.isAsleep || wake());
  }

  override changes(after: number, limit: number): Promise<ChangePage> {
    if (this.failures === 0) return super.changes(after, limit);
    this.failures -= 1;
    return Promise.reject(new Error('the disk did not answer'));
  }
}

async function world({ hasListeners = true } = {}) {
  const [store, clock] = [new FailingStore(), new FakeClock()];
  const registry = await openRegistry({ store, clock });
  const calls: string[] = [];
  const stop = await startEgress({
    registry,
    clock,
    log: (level) => calls.push(level),
    wake: (device) => calls.push(`wake ${device}`),
    wakeAll: () => calls.push('wake all'),
    recheck: (device) => calls.push(`recheck ${device}`),
    deleted: (device) => calls.push(`deleted ${device}`),
    hasListeners: () => hasListeners,
    publish: (topic) => calls.push(topic),
  });
  return { store, clock, registry, calls, stop };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('sessions are woken, rights checked and events published in the order of the log', async () => {
  const { registry, calls, stop } = await world();
  await registry.devices.register(OPERATOR, 'd', {});
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await registry.devices.report(deviceActor('d'), 'd', {
    reported: { b: 1 },
    acknowledgement: { version: 1, status: 'applied' },
  });
  await registry.devices.setPresence(deviceActor('d'), 'd', { connected: true });
  await turn();
  expect(calls).toEqual([
    'recheck d',
    'wake d',
    'twins/d/desired',
    'twins/d/acknowledged',
    'twins/d/reported',
    'twins/d/presence',
  ]);
  stop();
  await registry.devices.report(deviceActor('d'), 'd', { reported: { b: 2 } });
  await turn();
  expect(calls).toHaveLength(6);
});

test('without listeners no event is published, and devices are still served', async () => {
  const { registry, calls } = await world({ hasListeners: false });
  await registry.devices.register(OPERATOR, 'd', {});
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await turn();
  expect(calls).toEqual(['recheck d', 'wake d']);
});

test('after a failure it continues from its cursor and misses nothing', async () => {
  const { store, clock, registry, calls } = await world();
  store.failures = 1;
  await registry.devices.register(OPERATOR, 'd', {});
  await turn();
  expect(calls).toEqual(['error']);
  clock.advance(1_000);
  await turn();
  expect(calls).toEqual(['error', 'recheck d']);
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await turn();
  expect(calls).toEqual(['error', 'recheck d', 'wake d', 'twins/d/desired']);
});

test('if changes were trimmed before they were read, every session is woken', async () => {
  const { store, registry, calls } = await world();
  store.isAsleep = true;
  for (const name of ['d', 'e']) await registry.devices.register(OPERATOR, name, {});
  await turn();
  await store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  store.isAsleep = false;
  await registry.devices.report(deviceActor('d'), 'd', { reported: { b: 1 } });
  await turn();
  expect(calls).toEqual(['warn', 'wake all', 'recheck e', 'twins/d/reported']);
});
