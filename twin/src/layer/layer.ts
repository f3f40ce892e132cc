import type { JsonObject } from '../json/json.js';
import { mergePatch } from '../json/merge-patch.js';

/** The desired properties set on one device. */
export interface DeviceLayer {
  readonly kind: 'device';
  readonly properties: JsonObject;
}

/** A configuration that applies to the device. Every new configuration has a higher `created`. */
export interface ConfigurationLayer {
  readonly kind: 'configuration';
  readonly id: string;
  readonly generation: number;
  /** The first of the generations, up to this one, that differ only in the condition. */
  readonly contentGeneration: number;
  readonly created: number;
  readonly priority: number;
  readonly enforce: boolean;
  readonly properties: JsonObject;
}

export type Layer = DeviceLayer | ConfigurationLayer;

/**
 * The one equation: the effective desired document is the merge (RFC 7396) over all layers, lowest rank first.
 * This is the specification; every faster implementation is tested against it.
 */
export function resolve(layers: readonly Layer[]): JsonObject {
  return layers
    .toSorted(compareLayers)
    .reduce<JsonObject>((document, { properties }) => mergePatch(document, properties), {});
}

/** Orders by rank, lowest first: ordinary configurations, the device's own layer, configurations that enforce. */
export function compareLayers(left: Layer, right: Layer): number {
  const band = bandOf(left) - bandOf(right);
  if (band !== 0 || left.kind === 'device' || right.kind === 'device') return band;
  return left.priority - right.priority || left.created - right.created || compareIds(left.id, right.id);
}

function compareIds(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function bandOf(layer: Layer): number {
  if (layer.kind === 'device') return 1;
  return layer.enforce ? 2 : 0;
}

/** Returns the name of a layer in previews: `device`, or the id of the configuration. */
export function layerName(layer: Layer): string {
  return layer.kind === 'device' ? 'device' : layer.id;
}
