import type { ConfigurationRecord } from '@muster/registry';
import { openRegistry } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { expect, it } from 'vitest';
import { ScannedConfigurations } from './scanned-configurations.js';

const SCANNED = 'IS_DEFINED(device.name)';
const body = (targetCondition = SCANNED, more: JsonObject = {}): JsonObject => ({
  targetCondition,
  desiredProperties: {},
  ...more,
});

async function open(max: number) {
  const scanned = new ScannedConfigurations(max);
  return openRegistry({ admitConfiguration: (before, after) => scanned.admit(before, after) });
}

it('refuses one too many: why, how many may be, and what to do; and stores nothing', async () => {
  const registry = await open(1);
  await registry.putConfiguration('a', body());
  const refused = registry.putConfiguration('b', body());
  await expect(refused).rejects.toMatchObject({
    code: 'bad-condition',
    message: expect.stringMatching(/every device has.*at most 1 enabled.*1 have.*MUSTER_SCANNED_CONFIGURATIONS_MAX/),
    details: { position: 0, length: SCANNED.length, hint: expect.stringContaining('AND') },
  });
  expect(await registry.readConfiguration('b')).toBeUndefined();
});

it('lets no more in when they come all at once', async () => {
  const registry = await open(3);
  const puts = Array.from({ length: 10 }, (_, n) => registry.putConfiguration(`c${n}`, body()));
  const settled = await Promise.allSettled(puts);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

it('counts neither what can be looked up, nor what is always TRUE, nor what is disabled', async () => {
  const registry = await open(0);
  await registry.putConfiguration('a', body("device.id = 'x'"));
  await registry.putConfiguration('b', body('*'));
  await registry.putConfiguration('c', body('true'));
  await registry.putConfiguration('d', body(SCANNED, { enabled: false }));
  await expect(registry.putConfiguration('d', body())).rejects.toMatchObject({ code: 'bad-condition' });
  expect(await registry.readConfiguration('d')).toMatchObject({ enabled: false });
});

it.each([
  ['is disabled', body(SCANNED, { enabled: false })],
  ['gets a condition that can be looked up', body("device.id = 'x'")],
])('has room again when one %s, and for no more than one', async (_, other) => {
  const registry = await open(1);
  await registry.putConfiguration('a', body());
  await registry.putConfiguration('a', other);
  await registry.putConfiguration('b', body());
  await expect(registry.putConfiguration('a', body())).rejects.toMatchObject({ code: 'bad-condition' });
  await registry.removeConfiguration('b');
  await registry.putConfiguration('a', body());
});

it('what is counted already may be edited, even where the limit was lowered since', () => {
  const scanned = new ScannedConfigurations(1);
  scanned.startFrom(2);
  const record = { enabled: true, targetCondition: SCANNED } as ConfigurationRecord;
  scanned.admit(record, { ...record, targetCondition: 'IS_STRING(device.id)' });
  expect(() => scanned.admit(undefined, record)).toThrow('and 2 have');
  scanned.admit(record, undefined);
  expect(() => scanned.admit(undefined, record)).toThrow('and 1 have');
  scanned.admit(record, undefined);
  scanned.admit(undefined, record);
});

it('what is refused for another reason, or changes nothing, is not counted', async () => {
  const registry = await open(2);
  await expect(registry.putConfiguration('a', body(), { kind: 'exists' })).rejects.toThrow('does not exist');
  for (let n = 0; n < 3; n += 1) await registry.putConfiguration('a', body());
  await registry.putConfiguration('b', body());
});
