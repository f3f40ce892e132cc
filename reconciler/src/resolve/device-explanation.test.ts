import type { ExplainView } from '@muster/api';
import type { ConfigurationRecord, DeviceRecord } from '@muster/registry';
import { expect, test } from 'vitest';
import { cachedConfiguration } from '../cache/configuration-cache.js';
import { configurationRecord, deviceRecord } from '../testing/index.js';
import { DeviceExplanation } from './device-explanation.js';

function explain(device: Partial<DeviceRecord>, stored: readonly Partial<ConfigurationRecord>[]): ExplainView {
  const explanation = new DeviceExplanation(deviceRecord(device));
  for (const parts of stored) explanation.visit(cachedConfiguration(configurationRecord(parts)));
  return explanation.view();
}

const layer = (id: string, parts: object = {}) => {
  return { layer: 'configuration', id, generation: 1, priority: 0, enforce: false, ...parts };
};

test.each([
  ['applies', {}, true, undefined],
  ['overridden', { desiredProperties: { speed: 2 } }, true, undefined],
  ['disabled', { enabled: false }, false, undefined],
  ['condition-false', { targetCondition: "device.id = 'b'" }, false, "device.id = 'b' is FALSE"],
  ['condition-unknown', { targetCondition: "device.tags.absent = 'x'" }, false, 'device.tags.absent is missing'],
  [
    'condition-unknown',
    { targetCondition: "STARTS_WITH(device.tags.n, 'x')" },
    false,
    'device.tags.n is a number, a string is needed',
  ],
] as const)('a configuration has the reason %s', (reason, parts, applies, detail) => {
  const { configurations } = explain({ tags: { n: 5 }, ownDesired: { speed: 1 } }, [
    { id: 'c', generation: 3, ...parts },
  ]);
  expect(configurations).toEqual([{ id: 'c', generation: 3, applies, reason, ...(detail ? { detail } : {}) }]);
});

test('a disabled configuration has that reason whatever its condition says', () => {
  const { configurations } = explain({}, [{ enabled: false, targetCondition: 'false' }]);
  expect(configurations[0]?.reason).toBe('disabled');
});

test('a long condition is quoted in part', () => {
  const targetCondition = `device.id IN [${Array.from({ length: 100 }, (_, n) => `'d-${n}'`).join(', ')}]`;
  const detail = explain({}, [{ targetCondition }]).configurations[0]?.detail ?? '';
  expect(detail.length).toBeLessThan(300);
  expect(detail.startsWith(targetCondition.slice(0, 200))).toBe(true);
});

test('each leaf has its winner and the layers it beat, the strongest first', () => {
  const view = explain({ id: 'a', desiredVersion: 12, ownDesired: { net: { a: 2 } } }, [
    { id: 'base', desiredProperties: { net: { a: 3, b: [1] } } },
    { id: 'forced', generation: 3, priority: 10, enforce: true, desiredProperties: { net: { a: 1 } } },
    { id: 'newer', created: 2, desiredProperties: { net: { a: 4 } } },
    { id: 'off', enabled: false, desiredProperties: { net: { a: 5 } } },
  ]);
  expect([view.id, view.desiredVersion]).toEqual(['a', 12]);
  expect(view.paths).toEqual({
    '/net/a': {
      value: 1,
      winner: layer('forced', { generation: 3, priority: 10, enforce: true }),
      beat: [{ layer: 'device', value: 2 }, layer('newer', { value: 4 }), layer('base', { value: 3 })],
    },
    '/net/b': { value: [1], winner: layer('base'), beat: [] },
  });
});

test('paths are JSON Pointers', () => {
  const { paths } = explain({ ownDesired: { 'a/b': { 'c~d': 1 }, constructor: 2 } }, []);
  expect(Object.keys(paths).sort()).toEqual(['/a~1b/c~0d', '/constructor']);
});

test('a path that a mask removes has no value, a beaten mask has the value null', () => {
  const { paths } = explain({ ownDesired: { gone: null, kept: 1 } }, [
    { id: 'c', desiredProperties: { gone: 1, kept: null } },
  ]);
  expect(paths).toEqual({
    '/gone': { winner: { layer: 'device' }, beat: [layer('c', { value: 1 })] },
    '/kept': { value: 1, winner: { layer: 'device' }, beat: [layer('c', { value: null })] },
  });
});

test('a value that beats an object is listed at its own path, with the whole object', () => {
  const { paths } = explain({ ownDesired: { net: 'off' } }, [{ id: 'c', desiredProperties: { net: { a: 1, b: 2 } } }]);
  expect(paths).toEqual({
    '/net': { value: 'off', winner: { layer: 'device' }, beat: [layer('c', { value: { a: 1, b: 2 } })] },
  });
});
