import type { DevicePrincipal } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR, openRegistry, setDesired } from '@muster/registry/testing';
import { type DesiredMessage, type JsonObject, TOPICS } from '@muster/twin';
import { expect, test } from 'vitest';
import { DeviceSession, SharedMessages } from './device-session.js';
import type { EdgeClient, Qos, SendOutcome } from './edge/edge-client.js';

/** One connection: the messages that were sent, and the callbacks that wait for a PUBACK. */
class Wire implements EdgeClient<DevicePrincipal> {
  readonly id = 'd';
  readonly principal: DevicePrincipal = { kind: 'device', id: 'd' };
  readonly clean = true;
  readonly remoteAddress = '';
  readonly sent: { topic: string; qos: 0 | 1; message: DesiredMessage }[] = [];
  readonly owed: ((outcome: SendOutcome) => void)[] = [];
  readonly filters = new Map<string, Qos>();
  isOpen = true;

  subscription(filter: string): Qos | undefined {
    return this.filters.get(filter);
  }

  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void {
    this.sent.push({ topic, qos, message: JSON.parse(payload.toString()) });
    if (qos === 1) this.owed.push(done);
    else setImmediate(() => done('written'));
  }

  close(): void {
    this.isOpen = false;
  }

  acknowledge(): void {
    this.owed.shift()?.('acknowledged');
  }
}

async function world(qos: Qos = 1) {
  const registry = await openRegistry();
  await registry.devices.register(OPERATOR, 'd', {});
  const wire = new Wire();
  wire.filters.set(TOPICS.desired, qos);
  const failures: unknown[] = [];
  const session = new DeviceSession({
    client: wire,
    read: (id) => registry.devices.read(id),
    failed: (error) => failures.push(error),
    pushed: () => {},
    shared: new SharedMessages(),
  });
  const change = async (desired: JsonObject): Promise<void> => {
    await setDesired(registry, 'd', () => ({ kind: 'document', desired, configurations: [] }));
    session.wake();
    await turn();
  };
  const messages = (): DesiredMessage[] => wire.sent.map(({ message }) => message);
  return { registry, wire, session, change, messages, failures };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

test('changes while a message is in flight become one patch', async () => {
  const { session, wire, change, messages } = await world();
  session.begin();
  await turn();
  for (let n = 1; n <= 5; n += 1) await change({ n, [`k${n}`]: true });
  expect(messages()).toEqual([{ version: 1, base: 0, desired: { n: 1, k1: true } }]);
  wire.acknowledge();
  await turn();
  expect(messages().slice(1)).toEqual([{ version: 5, base: 1, desired: { n: 5, k1: null, k5: true } }]);
  wire.acknowledge();
  await turn();
  expect(messages()).toHaveLength(2);
});

test('a subscription at QoS 0 gets QoS 0, and QoS 2 gets QoS 1', async () => {
  for (const [granted, used] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const) {
    const { session, wire, change } = await world(granted);
    session.begin();
    await change({ a: 1 });
    expect(wire.sent.map(({ qos }) => qos)).toEqual([used]);
  }
});

test('$twin/get is answered each time, even while a message is in flight; the chain continues from it', async () => {
  const { session, wire, change, messages } = await world();
  await change({ a: 1 });
  session.get(undefined);
  session.get(1);
  session.get(99);
  await turn();
  expect(messages().map(({ version, base }) => [version, base])).toEqual([
    [1, 0],
    [1, 0],
    [1, 1],
    [1, 0],
  ]);
  for (let n = 0; n < 4; n += 1) wire.acknowledge();
  await change({ a: 2 });
  expect(messages().at(-1)).toEqual({ version: 2, base: 1, desired: { a: 2 } });
});

test('a new SUBSCRIBE starts from the acknowledged version', async () => {
  const { registry, session, wire, change, messages } = await world();
  await change({ a: 1 });
  wire.acknowledge();
  await registry.devices.report(deviceActor('d'), 'd', { acknowledgement: { version: 1, status: 'applied' } });
  await change({ a: 2 });
  wire.acknowledge();
  session.begin();
  await turn();
  expect(messages().map(({ version, base }) => [version, base])).toEqual([
    [1, 0],
    [2, 1],
    [2, 1],
  ]);
});

test('a client that resumes and subscribes again gets one message; a later SUBSCRIBE starts from scratch', async () => {
  const { registry, session, wire, change, messages } = await world();
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  session.resume();
  session.begin();
  await turn();
  wire.acknowledge();
  await change({ a: 2 });
  expect(messages().map(({ version, base }) => [version, base])).toEqual([
    [1, 0],
    [2, 1],
  ]);
  wire.acknowledge();
  session.begin();
  await turn();
  expect(messages().at(-1)).toEqual({ version: 2, base: 0, desired: { a: 2 } });
});

test('without a subscription nothing is sent; a wildcard counts as one', async () => {
  const { session, wire, change, messages } = await world();
  wire.filters.clear();
  await change({ a: 1 });
  session.get(undefined);
  session.reply(TOPICS.accepted, { id: 'x' });
  await turn();
  expect(wire.sent).toEqual([]);
  wire.filters.set('$twin/#', 1);
  session.begin();
  await turn();
  session.reply(TOPICS.accepted, { id: 'x' });
  expect([messages()[0]?.version, wire.sent[1]?.topic]).toEqual([1, TOPICS.accepted]);
});

test('nothing is sent on a closed connection', async () => {
  const { session, wire, change } = await world();
  session.begin();
  wire.close();
  await change({ a: 1 });
  session.get(undefined);
  await turn();
  expect(wire.sent).toEqual([]);
});

test('a store that cannot be read ends the connection', async () => {
  const { wire, failures } = await world();
  const read = () => Promise.reject(new Error('no disk'));
  const session = new DeviceSession({
    client: wire,
    read,
    failed: (error) => failures.push(error),
    pushed: () => {},
    shared: new SharedMessages(),
  });
  session.get(undefined);
  await turn();
  expect([failures.length, wire.isOpen, wire.sent]).toEqual([1, false, []]);
});

test('a change while the twin is being read is sent too', async () => {
  const { registry, wire, messages, failures } = await world();
  const reads: (() => void)[] = [];
  const read = (id: string) => {
    const record = registry.devices.mustRead(id);
    return new Promise<Awaited<typeof record>>((resolve) => reads.push(() => resolve(record)));
  };
  const session = new DeviceSession({
    client: wire,
    read,
    failed: (error) => failures.push(error),
    pushed: () => {},
    shared: new SharedMessages(),
  });
  const change = async (desired: JsonObject): Promise<void> => {
    await setDesired(registry, 'd', () => ({ kind: 'document', desired, configurations: [] }));
    session.wake();
    await turn();
  };
  await change({ a: 1 });
  await change({ a: 2 });
  reads.shift()?.();
  await turn();
  wire.acknowledge();
  await turn();
  reads.shift()?.();
  await turn();
  expect(messages().map(({ version, base }) => [version, base])).toEqual([
    [1, 0],
    [2, 1],
  ]);
});
