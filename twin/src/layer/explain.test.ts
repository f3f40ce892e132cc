import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject, type MutableJsonObject } from '../json/json.js';
import { formatPointer, leafPaths, type Path, valueAt } from '../json/path.js';
import { documents, isBeaten, layerLists } from '../testing/index.js';
import { explainLayers, isOverridden, type PathExplanation } from './explain.js';
import { compareLayers, type Layer, resolve } from './layer.js';

type LayerValue = PathExplanation['beat'][number];

/** Tries every beginning of the path, shortest first. */
function layerValueAt(layer: Layer, path: Path): LayerValue[] {
  for (let length = 1; length < path.length; length += 1) {
    const value = valueAt(layer.properties, path.slice(0, length));
    if (value === undefined) return [];
    if (!isObject(value)) return [{ layer, value, path: formatPointer(path.slice(0, length)) }];
  }
  const value = valueAt(layer.properties, path);
  return value === undefined ? [] : [{ layer, value }];
}

function withoutMask(layer: Layer, path: Path): Layer {
  const properties = structuredClone(layer.properties);
  const parent = valueAt(properties, path.slice(0, -1));
  const name = path.at(-1);
  if (isObject(parent) && name !== undefined && parent[name] === null) delete (parent as MutableJsonObject)[name];
  return { ...layer, properties };
}

/** Applies the rules in turn: leaves of the effective document, then each mask, tried by leaving it out. */
function explainByTrial(layers: readonly Layer[]): Map<string, PathExplanation> {
  const strongestFirst = layers.toSorted((left, right) => compareLayers(right, left));
  const expected = new Map<string, PathExplanation>();
  const effective = resolve(layers);
  for (const path of leafPaths(effective)) {
    const rank = strongestFirst.findIndex(({ properties }) => valueAt(properties, path) !== undefined);
    const [winner, ...lower] = strongestFirst.slice(rank);
    const value = valueAt(effective, path);
    if (!winner || value === undefined) throw new Error('every leaf comes from a layer');
    expected.set(formatPointer(path), { value, winner, beat: lower.flatMap((layer) => layerValueAt(layer, path)) });
  }
  for (const [rank, winner] of strongestFirst.entries()) {
    const lower = strongestFirst.slice(rank + 1);
    for (const path of leafPaths(winner.properties)) {
      const isFree = strongestFirst.slice(0, rank).every((layer) => layerValueAt(layer, path).length === 0);
      if (valueAt(winner.properties, path) !== null || !isFree) continue;
      const unmasked = resolve([winner, ...lower].map((layer) => withoutMask(layer, path)));
      if (valueAt(unmasked, path) === undefined) continue;
      expected.set(formatPointer(path), { winner, beat: lower.flatMap((layer) => layerValueAt(layer, path)) });
    }
  }
  return expected;
}

function configuration(priority: number, properties: JsonObject): Layer {
  return {
    kind: 'configuration',
    id: `p${priority}`,
    generation: 1,
    contentGeneration: 1,
    created: 1,
    priority,
    enforce: false,
    properties,
  };
}

/** The last argument ranks highest. */
function ranked(...properties: readonly JsonObject[]): Layer[] {
  return properties.map((one, priority) => configuration(priority, one));
}

describe('explainLayers', () => {
  test('agrees with the rules applied in turn', () => {
    fc.assert(
      fc.property(layerLists, (layers) => {
        expect(explainLayers(layers)).toEqual(explainByTrial(layers));
      }),
      { numRuns: 2_000 },
    );
  });

  test('has exactly the leaves of the effective document, with their values, and removed paths', () => {
    fc.assert(
      fc.property(layerLists, (layers) => {
        const effective = resolve(layers);
        const explained = [...explainLayers(layers)];
        const present = explained.flatMap(([path, { value }]) => (value === undefined ? [] : [[path, value] as const]));
        const leaves = leafPaths(effective).map((path) => [formatPointer(path), valueAt(effective, path)] as const);
        expect(new Map(present)).toEqual(new Map(leaves));
      }),
    );
  });

  test('names no winner that is beaten, and only lower ranks as beaten', () => {
    fc.assert(
      fc.property(layerLists, (layers) => {
        for (const { winner, beat } of explainLayers(layers).values()) {
          const ranks = [winner, ...beat.map(({ layer }) => layer)];
          expect(ranks).toEqual(ranks.toSorted((left, right) => compareLayers(right, left)));
          expect(new Set(ranks).size).toBe(ranks.length);
        }
      }),
    );
  });
});

describe('isBeaten', () => {
  test.each<[string, Json, JsonObject, boolean]>([
    ['a scalar by a scalar', 1, { a: 2 }, true],
    ['a scalar by a mask', 1, { a: null }, true],
    ['a scalar by an empty object', 1, { a: {} }, true],
    ['an array by an array', [1], { a: [1] }, true],
    ['a mask by a mask', null, { a: null }, true],
    ['a mask by an object', null, { a: { b: 1 } }, true],
    ['an empty object by an object', {}, { a: { b: 1 } }, true],
    ['an empty object by an object of masks', {}, { a: { b: null } }, true],
    ['a mask by nothing', null, { b: 1 }, false],
    ['a scalar by nothing', 1, {}, false],
    ['an object with members by a scalar', { b: 1 }, { a: 1 }, true],
    ['an object with members by an object that it merges with', { b: 1 }, { a: { c: 1 } }, false],
  ])('%s', (_, value, above, expected) => {
    expect(isBeaten(['a'], { a: value }, [configuration(1, above)])).toBe(expected);
  });

  test.each<[string, JsonObject, boolean]>([
    ['a scalar at an ancestor', { a: 1 }, true],
    ['a mask at an ancestor', { a: null }, true],
    ['an array at an ancestor', { a: [] }, true],
    ['an object at an ancestor', { a: { c: 1 } }, false],
    ['the value itself', { a: { b: 0 } }, true],
    ['a name that every object inherits', {}, false],
  ])('below: %s', (_, above, expected) => {
    expect(isBeaten(['a', 'b'], { a: { b: 1 } }, [configuration(1, above)])).toBe(expected);
    expect(isBeaten(['constructor', 'name'], { constructor: { name: 1 } }, [configuration(1, above)])).toBe(false);
  });
});

describe('isOverridden', () => {
  test.each<[string, JsonObject, JsonObject[], boolean]>([
    ['no layer above', { a: 1 }, [], false],
    ['no path of its own', {}, [{ a: 1 }], false],
    ['its only path beaten', { a: 1 }, [{ a: 2 }], true],
    ['one of two paths beaten', { a: 1, b: 1 }, [{ a: 2 }], false],
    ['two paths beaten by two layers', { a: 1, b: 1 }, [{ a: 2 }, { b: 2 }], true],
    ['deep paths beaten at their ancestor', { a: { b: 1, c: { d: null } } }, [{ a: null }], true],
    ['deep paths beaten one at a time', { a: { b: 1, c: 2 } }, [{ a: { b: 1 } }, { a: { c: {} } }], true],
    ['deep paths, one of them free', { a: { b: 1, c: 2 } }, [{ a: { b: 1 } }], false],
    ['a deep path beside another', { a: { b: 1 } }, [{ a: { c: 1 } }], false],
    ['a deeper path beside another', { a: { b: { c: 1 } } }, [{ a: { b: { d: 1 } } }, { a: {} }], false],
    ['a mask that removes nothing', { a: null }, [{ b: 1 }], false],
    ['a mask that removes nothing, beaten', { a: null }, [{ a: 1 }], true],
    ['an empty object beaten', { a: {} }, [{ a: { b: 1 } }], true],
    ['an empty object under an object elsewhere', { a: {} }, [{ b: {} }], false],
  ])('%s', (_, properties, above, expected) => {
    expect(isOverridden(configuration(0, properties), ranked(...above))).toBe(expected);
  });

  test('agrees with isBeaten at every leaf path', () => {
    fc.assert(
      fc.property(documents, fc.array(documents, { maxLength: 4 }), (properties, above) => {
        const paths = leafPaths(properties);
        const expected = paths.length > 0 && paths.every((path) => isBeaten(path, properties, ranked(...above)));
        expect(isOverridden(configuration(0, properties), ranked(...above))).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a layer that wins a path is never overridden', () => {
    fc.assert(
      fc.property(layerLists, (layers) => {
        const winners = new Set([...explainLayers(layers).values()].map(({ winner }) => winner));
        for (const layer of layers) {
          const above = layers.filter((other) => compareLayers(other, layer) > 0);
          if (isOverridden(layer, above)) expect(winners.has(layer)).toBe(false);
        }
      }),
    );
  });
});
