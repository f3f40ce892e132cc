import { type ConfigurationLayer, isObject, isOverridden, type Json, type JsonObject, type Layer } from '@muster/twin';

/**
 * The configurations whose every path is beaten by a higher rank, in one walk from the highest rank down. The layers
 * above are kept as one document, so that a thousand layers take a thousand steps.
 *
 * `layers` are in ascending rank.
 */
export function overriddenLayers(layers: readonly Layer[]): Set<ConfigurationLayer> {
  const overridden = new Set<ConfigurationLayer>();
  let cover: JsonObject = {};
  for (const layer of layers.toReversed()) {
    const isBeaten = isOverridden(layer, [{ kind: 'device', properties: cover }]);
    if (isBeaten && layer.kind === 'configuration') overridden.add(layer);
    cover = covered(cover, layer.properties);
  }
  return overridden;
}

/** A value that is not an object, masks included, covers everything below its path; objects merge. */
function covered(cover: JsonObject, properties: JsonObject): JsonObject {
  const next: { [name: string]: Json } = { ...cover };
  for (const [name, value] of Object.entries(properties)) {
    const above = Object.hasOwn(cover, name) ? cover[name] : undefined;
    if (above === undefined) next[name] = value;
    else next[name] = isObject(above) && isObject(value) ? covered(above, value) : null;
  }
  return next;
}
