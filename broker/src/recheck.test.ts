import type { Principal } from '@muster/registry';
import { MemoryStore } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { TwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import { Broker, type BrokerEdge } from './broker.js';
import type { EdgeClient } from './edge/edge-client.js';
import type { EdgeHooks } from './edge/edge-hooks.js';

/** A store whose reads may fail, and whose followers may sleep. */
class FailingStore extends MemoryStore {
  isBroken = false;
  isAsleep = false;

  override read(...input: Parameters<MemoryStore['read']>): never {
    if (this.isBroken) return Promise.reject(new TwinError('unavailable', 'no disk')) as never;
    return super.read(...input) as never;
  }

  override follow(wake: () => void): () => void {
    return super.follow(() => this.isAsleep || wake());
  }
}

/** Starts a broker on an edge without a network, which admits every client. */
async function world() {
  const [store, clock] = [new FailingStore(), new FakeClock()];
  const registry = await openRegistry({ store, clock });
  const ended: string[] = [];
  let hooks: EdgeHooks<Principal> | undefined;
  const edge: Pick<BrokerEdge, 'awaits' | 'disconnect' | 'retained'> = {
    awaits: () => false,
    retained: () => [],
    disconnect: (id, reason) => void ended.push(`${id}: ${reason}`),
  };
  await Broker.start({
    registry,
    clock,
    log: () => {},
    isToken: () => false,
    head: 0,
    wereConnected: [],
    openEdge: async (options) => {
      hooks = options.hooks;
      return edge as BrokerEdge;
    },
  });
  const connect = async (id: string): Promise<void> => {
    const client = { id, principal: { kind: 'device', id }, isOpen: true, subscription: () => undefined };
    hooks?.connected(client as unknown as EdgeClient<Principal>);
    await turns();
  };
  return { store, registry, ended, connect };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('a device whose record cannot be read is disconnected', async () => {
  const { store, registry, ended, connect } = await world();
  await registry.devices.register(OPERATOR, 'd', {});
  await connect('d');
  expect(ended).toEqual([]);
  store.isBroken = true;
  await registry.devices.patch(OPERATOR, 'd', { tags: { a: 1 } });
  await turns();
  expect(ended).toEqual(['d: its rights could not be read']);
});

test('a device that was deleted and registered again unnoticed is disconnected', async () => {
  const { store, registry, ended, connect } = await world();
  for (const id of ['d', 'e']) await registry.devices.register(OPERATOR, id, {});
  for (const id of ['d', 'e']) await connect(id);
  store.isAsleep = true;
  await registry.devices.remove(OPERATOR, 'd');
  await registry.devices.register(OPERATOR, 'd', {});
  await store.trim({ olderThan: Number.MAX_SAFE_INTEGER, bytesMax: 0 });
  store.isAsleep = false;
  await registry.devices.patch(OPERATOR, 'e', { tags: { a: 1 } });
  await turns();
  expect([...new Set(ended)]).toEqual(['d: registered again']);
});
