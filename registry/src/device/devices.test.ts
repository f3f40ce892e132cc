import { describe, expect, test } from 'vitest';
import { openRegistry } from '../testing/index.js';
import { OPERATOR } from '../testing/operator.js';

const OWN_SECRET = 'a secret of my own';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a secret', () => {
  test('authenticates its own registered, enabled device only', async () => {
    const registry = await openRegistry();
    const { secret = '' } = await registry.devices.register(OPERATOR, 'one', {});
    await registry.devices.register(OPERATOR, 'two', { auth: { type: 'secret', secret: OWN_SECRET } });
    const opens = (id: string, text: string) => registry.devices.authenticate(id, bytes(text));
    expect([await opens('one', secret), await opens('two', OWN_SECRET)]).toEqual([true, true]);
    expect([await opens('one', OWN_SECRET), await opens('two', secret), await opens('one', '')]).toEqual(
      Array(3).fill(false),
    );
    expect(await opens('three', secret)).toBe(false);
    await registry.devices.patch(OPERATOR, 'one', { enabled: false });
    expect(await opens('one', secret)).toBe(false);
    await registry.devices.patch(OPERATOR, 'one', { enabled: true });
    expect(await opens('one', secret)).toBe(true);
  });

  test('stays when the device is replaced without one, and ends with the device', async () => {
    const registry = await openRegistry();
    const { secret = '' } = await registry.devices.register(OPERATOR, 'one', {});
    expect((await registry.devices.register(OPERATOR, 'one', { tags: { a: 1 } })).secret).toBeUndefined();
    expect(await registry.devices.authenticate('one', bytes(secret))).toBe(true);
    await registry.devices.remove(OPERATOR, 'one');
    expect(await registry.devices.authenticate('one', bytes(secret))).toBe(false);
    const again = await registry.devices.register(OPERATOR, 'one', {});
    expect([again.secret === secret, await registry.devices.authenticate('one', bytes(secret))]).toEqual([
      false,
      false,
    ]);
  });
});
