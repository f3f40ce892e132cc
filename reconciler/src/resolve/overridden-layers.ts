import { type ConfigurationLayer, isObject, isOverridden, type Json, type JsonObject, type Layer } from '@muster/twin';

/**
 * The configurations of which every path is beaten by a higher rank, in one walk from the strongest down: what
 * stands above a layer is kept as one document, so that a thousand layers cost a thousand steps.
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

/** Whatever is no object, a mask too, stands over everything below its path; objects stand where both have members. */
function covered(cover: JsonObject, properties: JsonObject): JsonObject {
  const next: { [name: string]: Json } = { ...cover };
  for (const [name, value] of Object.entries(properties)) {
    const above = Object.hasOwn(cover, name) ? cover[name] : undefined;
    if (above === undefined) next[name] = value;
    else next[name] = isObject(above) && isObject(value) ? covered(above, value) : null;
  }
  return next;
}
