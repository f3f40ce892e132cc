import type { DeviceRecord, Resolution, ResolvedConfiguration } from '@muster/registry';
import {
  type ConfigurationLayer,
  checkDocument,
  compareLayers,
  type DeviceLayer,
  isTwinError,
  type JsonObject,
  type Layer,
  resolve,
} from '@muster/twin';
import { overriddenLayers } from './overridden-layers.js';

type Problem = Extract<Resolution, { kind: 'problem' }>['problem'];

/** What a device should have: its own layer merged with those of its configurations. */
export function resolveDevice(record: DeviceRecord, applying: readonly ConfigurationLayer[]): Resolution {
  const layers = ranked(record, applying);
  const configurations = assignmentsOf(layers);
  const desired = resolve(layers);
  const problem = limitProblem(desired, layers);
  return problem ? { kind: 'problem', problem, configurations } : { kind: 'document', desired, configurations };
}

/** All layers of a device, lowest rank first. */
export function ranked(record: DeviceRecord, applying: readonly ConfigurationLayer[]): Layer[] {
  const own: DeviceLayer = { kind: 'device', properties: record.ownDesired };
  return [own, ...applying].sort(compareLayers);
}

function assignmentsOf(layers: readonly Layer[]): ResolvedConfiguration[] {
  const overridden = overriddenLayers(layers);
  const configurations: ResolvedConfiguration[] = [];
  for (const layer of layers) {
    if (layer.kind === 'device') continue;
    const { id, contentGeneration: generation, created } = layer;
    configurations.push({ id, generation, created, overridden: overridden.has(layer) });
  }
  return configurations.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Layers may exceed a limit only together: each was checked when it was written. */
function limitProblem(desired: JsonObject, layers: readonly Layer[]): Problem | undefined {
  if (layers.filter(({ properties }) => Object.keys(properties).length > 0).length < 2) return undefined;
  try {
    checkDocument('desired', desired);
    return undefined;
  } catch (error) {
    if (!isTwinError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
