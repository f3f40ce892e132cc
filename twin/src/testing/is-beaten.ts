import { isObject, type Json, type JsonObject, own } from '../json/json.js';
import { type Path, valueAt } from '../json/path.js';
import type { Layer } from '../layer/layer.js';

/**
 * Whether a layer of higher rank has a value at the path: a scalar, array or mask there or at an ancestor, or an
 * object. If both have an object, and this layer's has members, they merge and neither is beaten.
 */
export function isBeaten(path: Path, properties: JsonObject, above: readonly Layer[]): boolean {
  const mine = valueAt(properties, path);
  const merges = isObject(mine) && Object.keys(mine).length > 0;
  return above.some((layer) => {
    const higher = valueAtOrAbove(layer.properties, path);
    return higher !== undefined && !(merges && isObject(higher));
  });
}

/** Returns the value at the path, or the scalar, array or mask at an ancestor. */
function valueAtOrAbove(properties: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = properties;
  for (const name of path) {
    if (!isObject(value)) return value;
    value = own(value, name);
  }
  return value;
}
