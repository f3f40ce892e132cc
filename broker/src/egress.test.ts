import { type ChangePage, deviceActor, MemoryStore } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry, setDesired } from '@muster/registry/testing';
import type { Cancel } from '@muster/twin';
import { expect, test } from 'vitest';
import { startEgress } from './egress.js';

/** A store whose log cannot be read once. */
class StumblingStore extends MemoryStore {
  failures = 0;
  /** Whether its followers hear nothing. */
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
  const [store, clock] = [new StumblingStore(), new FakeClock()];
  const registry = await openRegistry({ store, clock });
  const told: string[] = [];
  const stop = await startEgress({
    registry,
    clock,
    log: (level) => told.push(level),
    wake: (device) => told.push(`wake ${device}`),
    wakeAll: () => told.push('wake all'),
    recheck: (device) => told.push(`recheck ${device}`),
    deleted: (device) => told.push(`deleted ${device}`),
    hasListeners: () => hasListeners,
    publish: (topic) => told.push(topic),
  });
  return { store, clock, registry, told, stop };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('sessions are woken, rights looked at again, and services told in the order of the log', async () => {
  const { registry, told, stop } = await world();
  await registry.devices.register(OPERATOR, 'd', {});
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await registry.devices.report(deviceActor('d'), 'd', {
    reported: { b: 1 },
    acknowledgement: { version: 1, status: 'applied' },
  });
  await registry.devices.setPresence(deviceActor('d'), 'd', { connected: true });
  await turn();
  expect(told).toEqual([
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
  expect(told).toHaveLength(6);
});

test('without listeners nothing is published, and devices are served all the same', async () => {
  const { registry, told } = await world({ hasListeners: false });
  await registry.devices.register(OPERATOR, 'd', {});
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await turn();
  expect(told).toEqual(['recheck d', 'wake d']);
});

test('after a failure it continues from its cursor, and nothing is missed', async () => {
  const { store, clock, registry, told } = await world();
  store.failures = 1;
  await registry.devices.register(OPERATOR, 'd', {});
  await turn();
  expect(told).toEqual(['error']);
  clock.advance(1_000);
  await turn();
  expect(told).toEqual(['error', 'recheck d']);
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await turn();
  expect(told).toEqual(['error', 'recheck d', 'wake d', 'twins/d/desired']);
});

test('where changes were trimmed before they were read, every session is looked at', async () => {
  const { store, registry, told } = await world();
  store.isAsleep = true;
  for (const name of ['d', 'e']) await registry.devices.register(OPERATOR, name, {});
  await turn();
  await store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  store.isAsleep = false;
  await registry.devices.report(deviceActor('d'), 'd', { reported: { b: 1 } });
  await turn();
  expect(told).toEqual(['warn', 'wake all', 'recheck e', 'twins/d/reported']);
});
