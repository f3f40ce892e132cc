import { isOverridden, type Layer } from '@muster/twin';
import { layerLists } from '@muster/twin/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { overriddenLayers } from './overridden-layers.js';
import { ranked } from './resolve-device.js';

const layer = (id: string, properties: Layer['properties'], priority = 0): Layer => {
  return {
    kind: 'configuration',
    id,
    generation: 1,
    contentGeneration: 1,
    created: 1,
    priority,
    enforce: false,
    properties,
  };
};

const cases: readonly [name: string, lowestFirst: readonly Layer['properties'][], overridden: readonly string[]][] = [
  [
    'every path is beaten',
    [
      { a: 1, b: 2 },
      { a: 2, b: 3 },
    ],
    ['0'],
  ],
  ['one path is left', [{ a: 1, b: 2 }, { a: 2 }], []],
  ['each path is beaten by another', [{ a: 1, b: 2 }, { a: 2 }, { b: 3 }], ['0']],
  ['a mask beats', [{ a: 1 }, { a: null }], ['0']],
  ['a scalar beats everything below its path', [{ a: { x: 1, y: 2 } }, { a: 3 }], ['0']],
  [
    'a scalar beats, though an object of a higher rank makes room again',
    [{ a: { x: 1 } }, { a: 3 }, { a: { y: 1 } }],
    ['0', '1'],
  ],
  ['objects merge', [{ a: { x: 1 } }, { a: { y: 2 } }], []],
  ['an empty object is a path', [{ a: {} }, { a: { y: 2 } }], ['0']],
  ['without a path nothing is beaten', [{}, { a: 1 }], []],
  ['names of the prototype are plain data', [{ constructor: 1 }, { a: 1 }], []],
];

test.each(cases)('%s', (_name, documents, overridden) => {
  const layers = documents.map((properties, rank) => layer(String(rank), properties, rank));
  expect([...overriddenLayers(layers)].map(({ id }) => id).sort()).toEqual(overridden);
});

test('the result equals comparing each layer with all layers above it', () => {
  fc.assert(
    fc.property(layerLists, (list) => {
      const configurations = list.filter((one) => one.kind === 'configuration');
      const ownDesired = list.find((one) => one.kind === 'device')?.properties ?? {};
      const layers = ranked(deviceRecord({ ownDesired }), configurations);
      const expected = layers.filter(
        (one, rank) => one.kind === 'configuration' && isOverridden(one, layers.slice(rank + 1)),
      );
      expect(overriddenLayers(layers)).toEqual(new Set(expected));
    }),
    { numRuns: 1_000 },
  );
});
