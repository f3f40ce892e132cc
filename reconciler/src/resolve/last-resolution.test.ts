import type { ConfigurationLayer } from '@muster/twin';
import { layerLists } from '@muster/twin/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { LastResolution } from './last-resolution.js';
import { resolveDevice } from './resolve-device.js';

test('devices in any order get the result of resolveDevice', () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 10 });
  fc.assert(
    fc.property(fc.array(layerLists, { minLength: 1, maxLength: 3 }), steps, (lists, order) => {
      const last = new LastResolution();
      for (const [which, hasOwn] of order) {
        const list = lists[which % lists.length] ?? [];
        const applying = list.filter((layer): layer is ConfigurationLayer => layer.kind === 'configuration');
        const record = deviceRecord({ ownDesired: hasOwn ? { own: which } : {} });
        expect(last.of(record, applying)).toEqual(resolveDevice(record, applying));
      }
    }),
  );
});

test('devices that have the same configurations share the document', () => {
  const last = new LastResolution();
  const layer: ConfigurationLayer = {
    kind: 'configuration',
    id: 'c',
    generation: 1,
    contentGeneration: 1,
    created: 1,
    priority: 0,
    enforce: false,
    properties: { a: 1 },
  };
  const [first, second] = [last.of(deviceRecord({ id: 'a' }), [layer]), last.of(deviceRecord({ id: 'b' }), [layer])];
  expect(second).toBe(first);
  expect(last.of(deviceRecord({ id: 'b' }), [{ ...layer, properties: { a: 2 } }])).toMatchObject({ desired: { a: 2 } });
});
