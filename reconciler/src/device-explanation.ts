import { explainUnknown, type Subject } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import {
  type ConfigurationStanding,
  type ExplainView,
  explainLayers,
  type Layer,
  type PathExplanation,
  truncateUtf8,
} from '@muster/twin';
import type { BookEntry } from './configuration-book.js';
import { overriddenLayers } from './overridden-layers.js';
import { ranked } from './resolve-device.js';
import { subjectOf } from './subject.js';

/** A detail quotes a condition, but never at full length: thousands of them may be FALSE. */
const QUOTED_BYTES_MAX = 256;

/** Why a device should have what it should have, gathered configuration by configuration. */
export class DeviceExplanation {
  readonly #record: DeviceRecord;
  readonly #subject: Subject;
  readonly #applying: BookEntry[] = [];
  readonly #standings: ConfigurationStanding[] = [];

  constructor(record: DeviceRecord) {
    this.#record = record;
    this.#subject = subjectOf(record);
  }

  /** Each stored configuration once, in id order. */
  visit(entry: BookEntry): void {
    const standing = standingOf(entry, this.#subject);
    if (standing.applies) this.#applying.push(entry);
    this.#standings.push(standing);
  }

  /** Every leaf path with its winner and all that it beat, every configuration with its reason. */
  view(): ExplainView {
    const layers = ranked(
      this.#record,
      this.#applying.map(({ layer }) => layer),
    );
    const overridden = new Set([...overriddenLayers(layers)].map(({ id }) => id));
    return {
      id: this.#record.id,
      desiredVersion: this.#record.desiredVersion,
      paths: Object.fromEntries([...explainLayers(layers)].map(([pointer, path]) => [pointer, pathView(path)])),
      configurations: this.#standings.map((one) => (overridden.has(one.id) ? { ...one, reason: 'overridden' } : one)),
    };
  }
}

function standingOf({ record, condition }: BookEntry, subject: Subject): ConfigurationStanding {
  const named = { id: record.id, generation: record.generation };
  if (!record.enabled) return { ...named, applies: false, reason: 'disabled' };
  const truth = condition.test(subject);
  if (truth === true) return { ...named, applies: true, reason: 'applies' };
  if (truth === false) {
    const detail = `${truncateUtf8(condition.text, QUOTED_BYTES_MAX)} is FALSE`;
    return { ...named, applies: false, reason: 'condition-false', detail };
  }
  const detail = explainUnknown(condition, subject) ?? 'the condition is UNKNOWN';
  return { ...named, applies: false, reason: 'condition-unknown', detail };
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
