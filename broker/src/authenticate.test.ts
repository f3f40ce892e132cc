import { OPERATOR, openRegistry } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { authenticate } from './authenticate.js';

const TOKEN = 'a-token';

async function world() {
  const registry = await openRegistry();
  const { secret = '' } = await registry.devices.register(OPERATOR, 'd-1', {});
  const { secret: disabled = '' } = await registry.devices.register(OPERATOR, 'off', { enabled: false });
  const parts = { registry, isToken: (token: Uint8Array) => Buffer.from(token).toString() === TOKEN };
  const connect = (clientId: string, username?: string, password?: string) =>
    authenticate({ clientId, username, password: password === undefined ? undefined : Buffer.from(password) }, parts);
  return { connect, secret, disabled };
}

test('a device connects with its id and its secret', async () => {
  const { connect, secret } = await world();
  expect(await connect('d-1', 'd-1', secret)).toEqual({ principal: { kind: 'device', id: 'd-1' } });
});

test('a service connects with an API token, under a client id that no device has', async () => {
  const { connect } = await world();
  expect(await connect('backend', 'token', TOKEN)).toEqual({ principal: { kind: 'token', id: 'admin' } });
  expect(await connect('d-1', 'token', TOKEN)).toEqual({ refused: 5 });
});

test('all other credentials are refused with 4 or 5', async () => {
  const { connect, secret, disabled } = await world();
  const refusals: [string, string?, string?][] = [
    ['d-1', 'd-1', 'wrong'],
    ['d-1', 'd-1', ''],
    ['d-1', 'd-1'],
    ['d-1'],
    ['d-2', 'd-1', secret],
    ['d-1', 'd-2', secret],
    ['nobody', 'nobody', secret],
    ['backend', 'token', 'wrong'],
    ['off', 'off', disabled],
    ['__proto__', '__proto__', 'x'],
  ];
  for (const [clientId, username, password] of refusals) {
    expect([{ refused: 4 }, { refused: 5 }]).toContainEqual(await connect(clientId, username, password));
  }
});
