import { isObject, type Json, type JsonObject, own } from '../json/json.js';
import { formatPointer } from '../json/path.js';
import { compareLayers, type Layer } from './layer.js';

/** The layer that decides one leaf path. Without `value`, the winner is a mask that removes the path. */
export interface PathExplanation {
  readonly value?: Json;
  readonly winner: Layer;
  /** Strongest first. `path` is present if the beaten value is at an ancestor of the leaf. */
  readonly beat: readonly { readonly layer: Layer; readonly value: Json; readonly path?: string }[];
}

/** The value of a layer at a path, or its scalar, array or mask at an ancestor, named in `path`. */
type LayerValue = PathExplanation['beat'][number];

/**
 * Returns the winning layer and the layers it beat, for every leaf path of the effective document and every path
 * that a mask removes. The winner is the highest layer with a value at the path. Keys are JSON Pointers.
 */
export function explainLayers(layers: readonly Layer[]): Map<string, PathExplanation> {
  const strongestFirst = layers.toSorted((left, right) => compareLayers(right, left));
  const explanations = new Map<string, PathExplanation>();
  explainMembers(
    '',
    strongestFirst.map((layer) => ({ layer, value: layer.properties })),
    explanations,
  );
  return explanations;
}

/** Whether higher layers beat every leaf path of the layer, its masks included. False for a layer without paths. */
export function isOverridden(layer: Layer, above: readonly Layer[]): boolean {
  if (above.length === 0 || Object.keys(layer.properties).length === 0) return false;
  return isCovered(
    layer.properties,
    above.map(({ properties }) => properties),
  );
}

/** Walks down all layers together, and stops at the first path where no higher layer has a value. */
function isCovered(properties: JsonObject, above: readonly JsonObject[]): boolean {
  return Object.keys(properties).every((name) => {
    const [mine, higher] = [properties[name], membersNamed(name, above)];
    if (higher.length === 0) return false;
    return isObject(mine) && higher.every(isObject) ? isCovered(mine, higher) : true;
  });
}

function membersNamed(name: string, objects: readonly JsonObject[]): Json[] {
  const members: Json[] = [];
  for (const object of objects) {
    const member = own(object, name);
    if (member !== undefined) members.push(member);
  }
  return members;
}

/** Explains all paths below a path. Reports whether the effective document has a value there. */
function explainMembers(
  pointer: string,
  values: readonly LayerValue[],
  explanations: Map<string, PathExplanation>,
): boolean {
  const names = new Set(values.flatMap(({ value }) => (isObject(value) ? Object.keys(value) : [])));
  let isThere = false;
  for (const name of names) {
    const member = values.flatMap((one) => valueBelow(one, pointer, name));
    if (explainPath(pointer + formatPointer([name]), member, explanations)) isThere = true;
  }
  return isThere;
}

/** The strongest layer with a value at the path wins, unless a stronger one cuts it off at an ancestor. */
function explainPath(
  pointer: string,
  values: readonly LayerValue[],
  explanations: Map<string, PathExplanation>,
): boolean {
  const [strongest, ...beat] = values;
  if (strongest === undefined || strongest.path !== undefined) return false;
  const { layer: winner, value } = strongest;
  if (value === null) {
    if (hidesSomething(beat)) explanations.set(pointer, { winner, beat });
    return false;
  }
  if (isObject(value) && explainMembers(pointer, values, explanations)) return true;
  explanations.set(pointer, { value: isObject(value) ? {} : value, winner, beat });
  return true;
}

function valueBelow(above: LayerValue, pointer: string, name: string): LayerValue[] {
  const { layer, value, path } = above;
  if (path !== undefined) return [above];
  if (!isObject(value)) return [{ layer, value, path: pointer }];
  const member = own(value, name);
  return member === undefined ? [] : [{ layer, value: member }];
}

/** Whether a mask hides something: a value other than a mask at this path, not one at an ancestor. */
function hidesSomething(beat: readonly LayerValue[]): boolean {
  const first = beat.find(({ value, path }) => value !== null || path !== undefined);
  return first !== undefined && first.path === undefined;
}
