import assert from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@muster/registry/testing';
import aedesPersistence from 'aedes-persistence';
import { ClassicLevel } from 'classic-level';
import { afterAll, describe, expect, test } from 'vitest';
import { zeroCounters } from './edge-counters.js';
import { edgeLimits } from './edge-limits.js';
import { GuardedPersistence, SESSION_MARK } from './guarded-persistence.js';
import type { AedesPersistence, StoredPacket } from './persistence-port.js';

const load = createRequire(import.meta.url);
const levelPersistence: (db: ClassicLevel) => AedesPersistence = load('aedes-persistence-level');
const abstractSuite: Suite = load('aedes-persistence/abstract.js');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const memory = (): AedesPersistence => (aedesPersistence as unknown as () => AedesPersistence)();
function level(): AedesPersistence {
  const folder = mkdtempSync(join(tmpdir(), 'muster-guard-'));
  folders.push(folder);
  return levelPersistence(new ClassicLevel(folder));
}

function guarded(inner: AedesPersistence, limits = {}, clock = new FakeClock()): GuardedPersistence {
  return new GuardedPersistence({
    inner,
    limits: edgeLimits(limits),
    counters: zeroCounters(),
    clock,
    isDirect: (filter) => filter.startsWith('$twin/'),
    mayQueue: () => true,
  });
}

type Suite = (options: { test: typeof testInSuite; persistence: () => AedesPersistence; testAsync: boolean }) => void;

interface SuiteContext {
  assert: typeof assert;
  diagnostic(): void;
  plan(assertions: number): void;
}

/** The library's suite is written for node:test. */
function testInSuite(name: string, run: (context: SuiteContext) => Promise<void>): void {
  test(name, async () => {
    let made = 0;
    let planned: number | undefined;
    const counting = new Proxy(assert, {
      get(target, member, receiver) {
        made++;
        return Reflect.get(target, member, receiver);
      },
    });
    const plan = (assertions: number): void => {
      planned = assertions;
    };
    await run({ assert: counting, diagnostic() {}, plan });
    if (planned !== undefined) expect(made).toBe(planned);
  });
}

describe.each([
  ['memory', memory],
  ['level', level],
] as const)('the contract of aedes-persistence, over %s', (_, makeStore) => {
  abstractSuite({ test: testInSuite, persistence: () => guarded(makeStore()), testAsync: true });
});

const packet = (topic: string, counter: number): StoredPacket => ({
  cmd: 'publish',
  brokerId: 'b',
  brokerCounter: counter,
  topic,
  payload: Buffer.from(topic),
  qos: 1,
  retain: false,
  dup: false,
});

describe.each([
  ['memory', memory],
  ['level', level],
] as const)('beyond the contract, over %s', (_, makeStore) => {
  test('a session that is forgotten leaves nothing behind', async () => {
    const store = guarded(makeStore());
    await store.setup({ id: 'b' });
    const client = { id: 'a' };
    await store.addSubscriptions(client, [{ topic: 'x/#', qos: 1 }]);
    await store.mark(client, false);
    for (const counter of [1, 2, 3]) await store.outgoingEnqueueCombi([{ clientId: 'a' }], packet('x/y', counter));
    await store.outgoingUpdate(client, { ...packet('x/y', 2), messageId: 7 });
    await store.incomingStorePacket(client, { messageId: 9 });
    expect(await store.sentIds(client)).toEqual([7]);
    await store.forget(client);
    const left = [];
    for await (const one of store.outgoingStream(client)) left.push(one);
    expect(left).toEqual([]);
    expect(await store.subscriptionsByClient(client)).toEqual([]);
    expect(store.receivers('x/y')).toEqual([]);
    expect(store.has(client)).toBe(false);
    expect(await store.isIncoming(client, 9)).toBe(false);
  });

  test('queue lengths that were there before count against the cap', async () => {
    const inner = makeStore();
    await inner.setup({ id: 'b' });
    for (const counter of [1, 2]) await inner.outgoingEnqueueCombi([{ clientId: 'a' }], packet('x', counter));
    const store = guarded(inner, { offlineQueueMessagesMax: 3 });
    const all = [3, 4, 5].map((counter) => store.outgoingEnqueueCombi([{ clientId: 'a' }], packet('x', counter)));
    await Promise.all(all);
    const left = [];
    for await (const one of store.outgoingStream({ id: 'a' })) left.push(one);
    expect(left).toHaveLength(3);
  });

  test('receivers follow the subscriptions of sessions, direct filters and the mark aside', async () => {
    const store = guarded(makeStore());
    await store.setup({ id: 'b' });
    const all = ['x/#', 'x/y', '$twin/desired', '+/z', SESSION_MARK].map((topic) => ({ topic, qos: 1 as const }));
    await store.addSubscriptions({ id: 'a' }, all);
    await store.addSubscriptions({ id: 'b' }, [{ topic: 'x/y', qos: 0 }]);
    expect(store.receivers('x/y')).toEqual([{ clientId: 'a' }]);
    expect(store.receivers('$twin/desired')).toEqual([]);
    await store.addSubscriptions({ id: 'a' }, [{ topic: 'x/y', qos: 0 }]);
    expect(store.receivers('x/y')).toEqual([{ clientId: 'a' }]);
    await store.removeSubscriptions({ id: 'a' }, ['x/#']);
    expect(store.receivers('x/y')).toEqual([]);
  });
});
