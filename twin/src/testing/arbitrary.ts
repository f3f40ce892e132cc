import fc from 'fast-check';
import type { Json, JsonObject } from '../json/json.js';
import type { ConfigurationLayer, Layer } from '../layer/layer.js';

/** Few names, so that documents share some, mostly the first two. Some are traps for pointers and prototypes. */
export const nameList = ['a', 'b', 'a', 'b', 'a', 'b', 'c', 'x/y', '~1', 'constructor'] as const;

const DEPTH_MAX = 3;

/** Documents without null members, as `resolve` returns them. */
export const nullFreeDocuments: fc.Arbitrary<JsonObject> = objects(fc.constantFrom(...nameList), false, DEPTH_MAX);

/** Documents as a client writes them: with masks, empty objects and arrays. */
export const documents: fc.Arbitrary<JsonObject> = objects(fc.constantFrom(...nameList), true, DEPTH_MAX);

/** Up to six layers of one device, in any order, at most one of them its own. */
export const layerLists: fc.Arbitrary<readonly Layer[]> = fc
  .tuple(fc.array(configurations(), { maxLength: 5 }), fc.option(documents), fc.nat(5))
  .map(([layers, own, place]) => {
    const named: Layer[] = layers.map((layer, index) => ({ ...layer, id: `c${index}` }));
    return own ? named.toSpliced(place, 0, { kind: 'device', properties: own }) : named;
  });

function configurations(): fc.Arbitrary<ConfigurationLayer> {
  return fc.record({
    kind: fc.constant('configuration'),
    id: fc.constant(''),
    generation: fc.constant(1),
    contentGeneration: fc.constant(1),
    created: fc.nat(2),
    priority: fc.integer({ min: -1, max: 1 }),
    enforce: fc.boolean(),
    properties: documents,
  });
}

function objects(names: fc.Arbitrary<string>, withNull: boolean, depth: number): fc.Arbitrary<JsonObject> {
  return fc.dictionary(names, values(names, withNull, depth), { maxKeys: 3, noNullPrototype: true });
}

function values(names: fc.Arbitrary<string>, withNull: boolean, depth: number): fc.Arbitrary<Json> {
  const leaves: fc.Arbitrary<Json>[] = [
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('', 'text', true, false, 0.5),
    // Parsed each time: two members must never be the same object.
    fc.constantFrom('[]', '[1]', '[null,{"a":null}]', '{}').map((text) => JSON.parse(text) as Json),
    ...(withNull ? [fc.constant(null)] : []),
  ];
  return depth <= 1 ? fc.oneof(...leaves) : fc.oneof(...leaves, objects(names, withNull, depth - 1));
}
