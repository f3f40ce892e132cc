import { isObject, type Json, type JsonObject, own } from './json.js';
import { compareLayers, type Layer } from './layer.js';
import { formatPointer, leafPaths, type Path, valueAt } from './path.js';

/** Who decides one leaf path. Without `value` the winner is a mask that removes the path. */
export interface PathExplanation {
  readonly value?: Json;
  readonly winner: Layer;
  /** Strongest first. `path` stands where the beaten value sat at an ancestor of the leaf. */
  readonly beat: readonly { readonly layer: Layer; readonly value: Json; readonly path?: string }[];
}

/**
 * For every leaf path of the effective document, and every path that a mask removes: the winning layer and
 * all that it beat. Keys are JSON Pointers.
 */
export function explainLayers(layers: readonly Layer[]): Map<string, PathExplanation> {
  const strongestFirst = layers.toSorted((left, right) => compareLayers(right, left));
  const explanations = new Map<string, PathExplanation>();
  for (const [rank, winner] of strongestFirst.entries()) {
    const [above, below] = [strongestFirst.slice(0, rank), strongestFirst.slice(rank + 1)];
    for (const path of leafPaths(winner.properties)) {
      const pointer = formatPointer(path);
      if (explanations.has(pointer) || isBeaten(path, winner.properties, above)) continue;
      const explanation = explainPath(path, winner, below);
      if (explanation) explanations.set(pointer, explanation);
    }
  }
  return explanations;
}

/**
 * Whether a layer of higher rank stands at the path: it has a scalar, array or mask there or at an ancestor,
 * or an object where this layer has none.
 */
export function isBeaten(path: Path, properties: JsonObject, above: readonly Layer[]): boolean {
  const mine = valueAt(properties, path);
  return above.some((layer) => {
    const standing = standingAt(layer.properties, path);
    if (standing === undefined) return false;
    return standing.depth < path.length || !isObject(standing.value) || !isObject(mine) || hasLeaf(standing.value);
  });
}

/** An object without content adds nothing to another one; one with content has leaves of its own. */
function hasLeaf(value: JsonObject): boolean {
  return Object.values(value).some((member) =>
    isObject(member) ? hasLeaf(member) || Object.keys(member).length === 0 : member !== null,
  );
}

function explainPath(path: Path, winner: Layer, below: readonly Layer[]): PathExplanation | undefined {
  const value = valueAt(winner.properties, path) as Json;
  const beat = below.flatMap((layer) => beatenAt(layer, path));
  if (value !== null)
    return isObject(value) && beat.some((one) => isContent(one)) ? undefined : { value, winner, beat };
  return beat.some((one) => one.value !== null && one.path === undefined) ? { winner, beat } : undefined;
}

/** An empty object over an object with members is no leaf of the result. */
function isContent({ value, path }: { value: Json; path?: string }): boolean {
  return path === undefined && isObject(value) && hasLeaf(value);
}

function beatenAt(layer: Layer, path: Path): { layer: Layer; value: Json; path?: string }[] {
  const standing = standingAt(layer.properties, path);
  if (standing === undefined) return [];
  const { value, depth } = standing;
  return [depth < path.length ? { layer, value, path: formatPointer(path.slice(0, depth)) } : { layer, value }];
}

/** What a layer has at the path, or the scalar, array or mask that it has at an ancestor. */
function standingAt(properties: JsonObject, path: Path): { value: Json; depth: number } | undefined {
  let value: Json = properties;
  for (const [depth, name] of path.entries()) {
    if (!isObject(value)) return { value, depth };
    const next = own(value, name);
    if (next === undefined) return undefined;
    value = next;
  }
  return { value, depth: path.length };
}
