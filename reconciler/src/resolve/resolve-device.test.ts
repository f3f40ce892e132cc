import {
  type ConfigurationLayer,
  isObject,
  type Json,
  type JsonObject,
  type Layer,
  leafPaths,
  resolve,
} from '@muster/twin';
import { layerLists } from '@muster/twin/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { resolveDevice } from './resolve-device.js';

function split(list: readonly Layer[]): { ownDesired: JsonObject; applying: ConfigurationLayer[] } {
  const ownDesired = list.find(({ kind }) => kind === 'device')?.properties ?? {};
  return { ownDesired, applying: list.filter((layer) => layer.kind === 'configuration') };
}

/** By band, then priority, created and id: the ranking rules, spelled out. */
function rankOf(layer: Layer): [number, number, number, string] {
  if (layer.kind === 'device') return [1, 0, 0, ''];
  return [layer.enforce ? 2 : 0, layer.priority, layer.created, layer.id];
}

function isAbove(layer: Layer, other: Layer): boolean {
  const [mine, its] = [rankOf(layer), rankOf(other)];
  const place = mine.findIndex((part, index) => part !== its[index]);
  return place >= 0 && (mine[place] ?? 0) > (its[place] ?? 0);
}

/** Whether a document has a value at a path, or a value other than an object on the way to it. */
function standsAt(document: JsonObject, path: readonly string[]): boolean {
  let value: Json | undefined = document;
  for (const name of path) {
    if (!isObject(value)) return true;
    if (!Object.hasOwn(value, name)) return false;
    value = value[name];
  }
  return true;
}

function isBeatenEverywhere(layer: Layer, all: readonly Layer[]): boolean {
  const above = all.filter((other) => isAbove(other, layer));
  const paths = leafPaths(layer.properties);
  return paths.length > 0 && paths.every((path) => above.some(({ properties }) => standsAt(properties, path)));
}

test('the document is that of the naive equation, whatever the order of the layers', () => {
  fc.assert(
    fc.property(layerLists, (list) => {
      const { ownDesired, applying } = split(list);
      const resolution = resolveDevice(deviceRecord({ ownDesired }), applying);
      expect(resolution.kind === 'document' && resolution.desired).toEqual(resolve(list));
      expect(resolveDevice(deviceRecord({ ownDesired }), applying.toReversed())).toEqual(resolution);
    }),
  );
});

test('each configuration is listed once in id order, as overridden if a higher rank covers its every leaf path', () => {
  fc.assert(
    fc.property(layerLists, (list) => {
      const { ownDesired, applying } = split(list);
      const all: Layer[] = [{ kind: 'device', properties: ownDesired }, ...applying];
      const { configurations } = resolveDevice(deviceRecord({ ownDesired }), applying);
      const expected = applying
        .toSorted((left, right) => (left.id < right.id ? -1 : 1))
        .map((layer) => {
          const { id, generation, created } = layer;
          return { id, generation, created, overridden: isBeatenEverywhere(layer, all) };
        });
      expect(configurations).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});

const half = (name: string): JsonObject =>
  Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${name}${n}`, 'x'.repeat(1_000)]));
const many = (name: string): JsonObject =>
  Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`${name}${n}`, n]));
const layer = (id: string, properties: JsonObject): ConfigurationLayer => {
  return {
    kind: 'configuration',
    id,
    generation: 2,
    contentGeneration: 2,
    created: 7,
    priority: 0,
    enforce: false,
    properties,
  };
};

test.each([
  ['too-large', half],
  ['too-many-keys', many],
] as const)('layers that are %s together are a problem', (code, make) => {
  const resolution = resolveDevice(deviceRecord({ ownDesired: make('own') }), [layer('c', make('other'))]);
  expect(resolution).toMatchObject({
    kind: 'problem',
    problem: { code, message: expect.stringContaining('desired would have') },
    configurations: [{ id: 'c', generation: 2, created: 7, overridden: false }],
  });
  expect(resolveDevice(deviceRecord({ ownDesired: make('own') }), [layer('c', make('own'))]).kind).toBe('document');
});
