import type { Principal } from '@muster/registry';
import { describe, expect, test } from 'vitest';
import { classifyPublish, mayReceive, maySubscribe, mayWill } from './authorize.js';

const device: Principal = { kind: 'device', id: 'd-1' };
const service: Principal = { kind: 'token', id: 'admin' };

describe('filters of a device', () => {
  const granted = ['$twin/desired', '$twin/#', '$rpc/#', '$msg/#', 'devices/d-1/x', 'devices/d-1/#', 'devices/d-1/+/y'];
  test.each(granted)('%s is granted', (filter) => expect(maySubscribe(device, filter)).toBe(true));

  const refused = [
    '#',
    '+/+',
    '+/d-1/#',
    'twins/#',
    'twins/d-1/desired',
    'configurations/#',
    'devices/#',
    'devices/+/x',
    'devices/d-2/x',
    'devices/d-1',
    'devices/d-1/',
    'devices/d-/#',
    'devices/d-11/#',
    'devices',
    'any/other',
    '',
    '$other/x',
    '$twin',
  ];
  test.each(refused)('%s is refused', (filter) => expect(maySubscribe(device, filter)).toBe(false));
});

describe('filters of a service', () => {
  const granted = ['twins/#', 'twins/+/desired', 'configurations/+/status', 'devices/#', 'devices/d-1/x'];
  test.each(granted)('%s is granted', (filter) => expect(maySubscribe(service, filter)).toBe(true));

  const refused = ['#', '+/d-1/desired', '$twin/desired', '$twin/#', 'other/x', 'twins', 'twinsx/y', '/twins/x', ''];
  test.each(refused)('%s is refused', (filter) => expect(maySubscribe(service, filter)).toBe(false));
});

describe('publishes', () => {
  test.each([
    [device, '$twin/reported', 'report'],
    [device, '$twin/get', 'get'],
    [device, 'devices/d-1/telemetry', 'ordinary'],
    [device, 'devices/d-2/telemetry', 'forbidden'],
    [device, 'devices/d-1', 'forbidden'],
    [device, '$twin/desired', 'forbidden'],
    [device, '$twin/accepted', 'forbidden'],
    [device, 'twins/d-1/desired/set', 'forbidden'],
    [device, 'configurations/c/set', 'forbidden'],
    [device, '$SYS/x', 'forbidden'],
    [service, 'twins/d-1/desired/set', 'set-desired'],
    [service, 'configurations/c/set', 'set-configuration'],
    [service, 'devices/d-1/command', 'ordinary'],
    [service, 'devices/d-1', 'forbidden'],
    [service, 'twins/d-1/desired', 'forbidden'],
    [service, 'twins/d-1/reported', 'forbidden'],
    [service, 'twins/bad id/desired/set', 'set-desired'],
    [service, 'devices/bad id/x', 'forbidden'],
    [service, 'configurations/c/status', 'forbidden'],
    [service, 'configurations//set', 'forbidden'],
    [service, '$twin/reported', 'forbidden'],
  ] as const)('%o on %s is %s', (principal, topic, kind) => expect(classifyPublish(principal, topic).kind).toBe(kind));

  test('only an ordinary publish may be a will', () => {
    expect(mayWill(device, 'devices/d-1/gone')).toBe(true);
    expect(mayWill(device, '$twin/reported')).toBe(false);
    expect(mayWill(service, 'twins/d-1/desired/set')).toBe(false);
  });

  test('a queued message is checked again when it is delivered', () => {
    expect(mayReceive(device, 'devices/d-1/x')).toBe(true);
    expect(mayReceive(device, 'devices/d-2/x')).toBe(false);
    expect(mayReceive(device, 'twins/d-1/desired')).toBe(false);
    expect(mayReceive(service, 'twins/d-1/desired')).toBe(true);
    expect(mayReceive(service, '$twin/desired')).toBe(false);
  });
});
