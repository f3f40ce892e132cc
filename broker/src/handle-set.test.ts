import { OPERATOR, openRegistry } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { requestedVersion } from './handle-get.js';
import { handleSetConfiguration, handleSetDesired } from './handle-set.js';
import { ServiceListeners } from './service-listeners.js';

test('a patch of the own layer is stored, and a bad one returns the problem', async () => {
  const registry = await openRegistry();
  await registry.devices.register(OPERATOR, 'd', { desired: { a: 1 } });
  expect(await handleSetDesired(registry, OPERATOR, 'd', Buffer.from('{"a":null,"b":2}'))).toBeUndefined();
  expect((await registry.devices.mustRead('d')).ownDesired).toEqual({ b: 2 });
  for (const [device, payload, code] of [
    ['d', '[]', 'malformed'],
    ['d', '', 'malformed'],
    ['x', '{}', 'not-found'],
  ] as const) {
    expect(await handleSetDesired(registry, OPERATOR, device, Buffer.from(payload))).toMatchObject({
      code,
      status: expect.any(Number),
    });
  }
});

test('a configuration is stored, deleted by an empty payload, or refused with the problem', async () => {
  const registry = await openRegistry();
  const good = Buffer.from('{"targetCondition":"*","desiredProperties":{"a":1}}');
  expect(await handleSetConfiguration({ registry }, OPERATOR, 'c', good)).toBeUndefined();
  expect((await registry.configurations.mustRead('c')).desiredProperties).toEqual({ a: 1 });
  expect(await handleSetConfiguration({ registry }, OPERATOR, 'c', Buffer.alloc(0))).toBeUndefined();
  expect(await handleSetConfiguration({ registry }, OPERATOR, 'c', Buffer.alloc(0))).toMatchObject({
    code: 'not-found',
  });
  expect(
    await handleSetConfiguration({ registry }, OPERATOR, 'c', Buffer.from('{"targetCondition":"*"}')),
  ).toMatchObject({
    code: 'malformed',
  });
});

test.each([
  ['{"version":3}', 3],
  ['{}', undefined],
  ['', undefined],
  ['nonsense', undefined],
  ['[]', undefined],
])('a $twin/get of %s requests %s', (payload, version) => expect(requestedVersion(Buffer.from(payload))).toBe(version));

test('events are published only while a service may be listening', () => {
  const listeners = new ServiceListeners();
  expect(listeners.hasAny).toBe(false);
  listeners.connected({ id: 's', clean: true });
  listeners.subscribed('s', ['twins/#', 'devices/#']);
  expect(listeners.hasAny).toBe(true);
  listeners.unsubscribed('s', ['twins/#', 'devices/#']);
  expect(listeners.hasAny).toBe(false);
  listeners.subscribed('s', ['twins/#']);
  listeners.disconnected('s');
  expect(listeners.hasAny).toBe(false);
  listeners.connected({ id: 's', clean: false });
  listeners.unsubscribed('s', ['twins/#']);
  expect(listeners.hasAny).toBe(true);
  listeners.disconnected('s');
  expect(listeners.hasAny).toBe(false);
});

test('configurations are stored and deleted by the given functions', async () => {
  const registry = await openRegistry();
  const calls: string[] = [];
  const putConfiguration = async (_actor: unknown, id: string): Promise<void> => void calls.push(`put ${id}`);
  const removeConfiguration = async (_actor: unknown, id: string): Promise<void> => void calls.push(`remove ${id}`);
  const parts = { registry, putConfiguration, removeConfiguration };
  await handleSetConfiguration(parts, OPERATOR, 'c', Buffer.from('{}'));
  await handleSetConfiguration(parts, OPERATOR, 'c', Buffer.alloc(0));
  expect(calls).toEqual(['put c', 'remove c']);
});
