import type { JsonObject } from '../json/json.js';
import { mergePatch } from '../json/merge-patch.js';

/** The edits made to one device. */
export interface DeviceLayer {
  readonly kind: 'device';
  readonly properties: JsonObject;
}

/** A configuration that applies to the device. `created` rises strictly over all configurations ever made. */
export interface ConfigurationLayer {
  readonly kind: 'configuration';
  readonly id: string;
  readonly generation: number;
  /** The first of the generations up to this one that differ in nothing but the condition. */
  readonly contentGeneration: number;
  readonly created: number;
  readonly priority: number;
  readonly enforce: boolean;
  readonly properties: JsonObject;
}

export type Layer = DeviceLayer | ConfigurationLayer;

/**
 * The one equation: the effective desired document is the merge over all layers, lowest rank first
 * (RFC 7396). This is the specification; whatever is faster is tested against it.
 */
export function resolve(layers: readonly Layer[]): JsonObject {
  return layers
    .toSorted(compareLayers)
    .reduce<JsonObject>((document, { properties }) => mergePatch(document, properties), {});
}

/** Ascending rank: ordinary configurations, then the device's own layer, then those that enforce. */
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

/** How a layer is named in previews: `device`, or the id of the configuration. */
export function layerName(layer: Layer): string {
  return layer.kind === 'device' ? 'device' : layer.id;
}
