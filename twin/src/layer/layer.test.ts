import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerLists } from '../testing/index.js';
import { type ConfigurationLayer, compareLayers, type Layer, layerName, resolve } from './layer.js';

const device: Layer = { kind: 'device', properties: {} };

function configuration(more: Partial<ConfigurationLayer>): ConfigurationLayer {
  const plain = {
    id: 'c',
    generation: 1,
    contentGeneration: 1,
    created: 1,
    priority: 0,
    enforce: false,
    properties: {},
  };
  return { kind: 'configuration', ...plain, ...more };
}

describe('compareLayers', () => {
  test.each<[string, Layer, Layer]>([
    ['priority', configuration({ priority: -1, created: 9 }), configuration({ priority: 0 })],
    ['created on equal priority', configuration({ created: 1, id: 'z' }), configuration({ created: 2, id: 'a' })],
    ['id on equal created', configuration({ id: 'a' }), configuration({ id: 'b' })],
    ['the device over any ordinary configuration', configuration({ priority: 1_000 }), device],
    ['enforce over the device', device, configuration({ enforce: true, priority: -1_000 })],
    [
      'priority among those that enforce',
      configuration({ enforce: true }),
      configuration({ enforce: true, priority: 1 }),
    ],
  ])('ranks by %s', (_, lower, higher) => {
    expect(compareLayers(lower, higher)).toBeLessThan(0);
    expect(compareLayers(higher, lower)).toBeGreaterThan(0);
    expect(compareLayers(lower, lower)).toBe(0);
  });
});

describe('resolve', () => {
  test('does not depend on the order in which layers arrive', () => {
    const shuffled = layerLists.chain((layers) =>
      fc.tuple(
        fc.constant(layers),
        fc.shuffledSubarray([...layers], { minLength: layers.length, maxLength: layers.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([layers, others]) => {
        expect(resolve(others)).toEqual(resolve(layers));
      }),
    );
  });

  test('is empty without layers', () => {
    expect(resolve([])).toEqual({});
  });
});

test('a layer is named by its configuration, or as the device', () => {
  expect([layerName(device), layerName(configuration({ id: 'limit-speed' }))]).toEqual(['device', 'limit-speed']);
});
