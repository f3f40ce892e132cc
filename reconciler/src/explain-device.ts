import { explainUnknown } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import {
  type ConfigurationStanding,
  type ExplainView,
  explainLayers,
  isOverridden,
  type Layer,
  type PathExplanation,
} from '@muster/twin';
import type { BookEntry } from './configuration-book.js';
import { ranked } from './resolve-device.js';
import { subjectOf } from './subject.js';

/** Why a device should have what it should have: every leaf path with its winner, every configuration with its reason. */
export function explainDevice(record: DeviceRecord, stored: readonly BookEntry[]): ExplainView {
  const subject = subjectOf(record);
  const applying = stored.filter(({ record: one, condition }) => one.enabled && condition.test(subject) === true);
  const layers = ranked(
    record,
    applying.map(({ layer }) => layer),
  );
  return {
    id: record.id,
    desiredVersion: record.desiredVersion,
    paths: Object.fromEntries([...explainLayers(layers)].map(([pointer, path]) => [pointer, pathView(path)])),
    configurations: stored.map((entry) => standing(entry, record, layers)),
  };
}

function standing(
  { record, condition, layer }: BookEntry,
  device: DeviceRecord,
  layers: readonly Layer[],
): ConfigurationStanding {
  const named = { id: record.id, generation: record.generation };
  if (!record.enabled) return { ...named, applies: false, reason: 'disabled' };
  const subject = subjectOf(device);
  const truth = condition.test(subject);
  if (truth === false) return { ...named, applies: false, reason: 'condition-false' };
  if (truth === undefined) {
    const detail = explainUnknown(condition, subject) ?? 'the condition is UNKNOWN';
    return { ...named, applies: false, reason: 'condition-unknown', detail };
  }
  const above = layers.slice(layers.indexOf(layer) + 1);
  return { ...named, applies: true, reason: isOverridden(layer, above) ? 'overridden' : 'applies' };
}

function pathView({ winner, beat, ...rest }: PathExplanation): ExplainView['paths'][string] {
  return {
    ...rest,
    winner: layerView(winner),
    beat: beat.map(({ layer, ...one }) => ({ ...layerView(layer), ...one })),
  };
}

function layerView(layer: Layer): ExplainView['paths'][string]['winner'] {
  if (layer.kind === 'device') return { layer: 'device' };
  const { id, generation, priority, enforce } = layer;
  return { layer: 'configuration', id, generation, priority, enforce };
}
