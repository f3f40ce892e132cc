import { isObject, type Json, type JsonObject, own } from '../json/json.js';
import { formatPointer } from '../json/path.js';
import { compareLayers, type Layer } from './layer.js';

/** Who decides one leaf path. Without `value` the winner is a mask that removes the path. */
export interface PathExplanation {
  readonly value?: Json;
  readonly winner: Layer;
  /** Strongest first. `path` stands where the beaten value sat at an ancestor of the leaf. */
  readonly beat: readonly { readonly layer: Layer; readonly value: Json; readonly path?: string }[];
}

/** What a layer has at a path, or the scalar, array or mask that it has at an ancestor, named in `path`. */
type Standing = PathExplanation['beat'][number];

/**
 * For every leaf path of the effective document, and every path that a mask removes: the winning layer, which
 * is the highest that has something there, and all that it beat. Keys are JSON Pointers.
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

/** Whether every leaf path of the layer, its masks included, is beaten by a higher rank. No path: never. */
export function isOverridden(layer: Layer, above: readonly Layer[]): boolean {
  if (above.length === 0 || Object.keys(layer.properties).length === 0) return false;
  return isCovered(
    layer.properties,
    above.map(({ properties }) => properties),
  );
}

/** One walk down all layers together, which ends at the first path that nobody above stands at. */
function isCovered(properties: JsonObject, above: readonly JsonObject[]): boolean {
  return Object.keys(properties).every((name) => {
    const [mine, standing] = [properties[name], membersNamed(name, above)];
    if (standing.length === 0) return false;
    return isObject(mine) && standing.every(isObject) ? isCovered(mine, standing) : true;
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

/** Explains what lies below a path; answers whether the effective document has anything there. */
function explainMembers(
  pointer: string,
  standings: readonly Standing[],
  explanations: Map<string, PathExplanation>,
): boolean {
  const names = new Set(standings.flatMap(({ value }) => (isObject(value) ? Object.keys(value) : [])));
  let isThere = false;
  for (const name of names) {
    const member = standings.flatMap((standing) => standingBelow(standing, pointer, name));
    if (explainPath(pointer + formatPointer([name]), member, explanations)) isThere = true;
  }
  return isThere;
}

/** A path belongs to the strongest layer that stands at it, unless a stronger one cut it off at an ancestor. */
function explainPath(
  pointer: string,
  standings: readonly Standing[],
  explanations: Map<string, PathExplanation>,
): boolean {
  const [strongest, ...beat] = standings;
  if (strongest === undefined || strongest.path !== undefined) return false;
  const { layer: winner, value } = strongest;
  if (value === null) {
    if (hidesSomething(beat)) explanations.set(pointer, { winner, beat });
    return false;
  }
  if (isObject(value) && explainMembers(pointer, standings, explanations)) return true;
  explanations.set(pointer, { value: isObject(value) ? {} : value, winner, beat });
  return true;
}

function standingBelow(standing: Standing, pointer: string, name: string): Standing[] {
  const { layer, value, path } = standing;
  if (path !== undefined) return [standing];
  if (!isObject(value)) return [{ layer, value, path: pointer }];
  const member = own(value, name);
  return member === undefined ? [] : [{ layer, value: member }];
}

/** What a mask stands over: further masks aside, something at the path itself, not cut off at an ancestor. */
function hidesSomething(beat: readonly Standing[]): boolean {
  const first = beat.find(({ value, path }) => value !== null || path !== undefined);
  return first !== undefined && first.path === undefined;
}
