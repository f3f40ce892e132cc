import type { ConfigurationStanding, ExplainView } from '@muster/api';
import { explainUnknown, type Subject } from '@muster/conditions';
import type { Admission, ConfigurationRecord, DeviceRecord } from '@muster/registry';
import { type ConfigurationLayer, explainLayers, type Layer, type PathExplanation, truncateUtf8 } from '@muster/twin';
import {
  admissionTo,
  type CachedConfiguration,
  type CachedContent,
  contentFor,
  type Match,
  matchOf,
} from '../cache/configuration-cache.js';
import { subjectOf } from '../cache/subject.js';
import { overriddenLayers } from './overridden-layers.js';
import { ranked } from './resolve-device.js';

/** A detail quotes only the start of a condition: thousands of them may be FALSE. */
const QUOTED_BYTES_MAX = 256;

/** The forced match of a suppressed device, and the reason. */
export interface SuppressedMatch {
  readonly match: Match;
  readonly detail: string;
}

/** State of the device that is not stored. */
export interface ExplanationContext {
  /** How flap damping holds it in or out of a configuration; undefined: it does not. */
  readonly suppressionOf?: (entry: CachedConfiguration) => SuppressedMatch | undefined;
  /** A further remark on a configuration, for the detail. */
  readonly remarkOn?: (entry: CachedConfiguration) => string | undefined;
}

/** Explains what a device should have, one configuration at a time. */
export class DeviceExplanation {
  readonly #record: DeviceRecord;
  readonly #subject: Subject;
  readonly #context: ExplanationContext;
  readonly #applying: ConfigurationLayer[] = [];
  readonly #standings: ConfigurationStanding[] = [];

  constructor(record: DeviceRecord, context: ExplanationContext = {}) {
    this.#record = record;
    this.#context = context;
    this.#subject = subjectOf(record);
  }

  /** Takes each stored configuration once, in id order. */
  visit(entry: CachedConfiguration): void {
    const standing = this.#standingOf(entry);
    const remark = this.#context.remarkOn?.(entry);
    const detail = [standing.detail, remark].filter((text) => text !== undefined).join('; ');
    this.#standings.push(remark === undefined ? standing : { ...standing, detail });
  }

  /** Every leaf path with its winner and the layers it beat; every configuration with its reason. */
  view(): ExplainView {
    const layers = ranked(this.#record, this.#applying);
    const overridden = new Set([...overriddenLayers(layers)].map(({ id }) => id));
    return {
      id: this.#record.id,
      desiredVersion: this.#record.desiredVersion,
      paths: Object.fromEntries([...explainLayers(layers)].map(([pointer, path]) => [pointer, pathView(path)])),
      configurations: this.#standings.map((one) => (overridden.has(one.id) ? { ...one, reason: 'overridden' } : one)),
    };
  }

  #standingOf(entry: CachedConfiguration): ConfigurationStanding {
    const { admissions } = this.#record;
    const held = entry.record.enabled ? this.#context.suppressionOf?.(entry) : undefined;
    const match = held?.match ?? matchOf(entry, this.#subject);
    const content = contentFor(match, admissions);
    if (content) this.#applying.push(content.layer);
    if (held) return suppressedStanding(entry, content, held);
    return standingOf(match, content, admissionTo(entry, admissions), this.#subject);
  }
}

function standingOf(
  { entry, current }: Match,
  content: CachedContent | undefined,
  admission: Admission | undefined,
  subject: Subject,
): ConfigurationStanding {
  const { record, condition } = entry;
  const applies = content !== undefined;
  const named = { id: record.id, generation: content?.layer.generation ?? record.generation, applies };
  if (!record.enabled) return { ...named, reason: 'disabled' };
  if (content === entry) return { ...named, reason: 'applies' };
  if (applies || current) return { ...named, ...waitingReason(record, admission) };
  if (condition.test(subject) === false) {
    const detail = `${truncateUtf8(condition.text, QUOTED_BYTES_MAX)} is FALSE`;
    return { ...named, reason: 'condition-false', detail };
  }
  const detail = explainUnknown(condition, subject) ?? 'the condition is UNKNOWN';
  return { ...named, reason: 'condition-unknown', detail };
}

/** The device stays as it is, whatever it matches. */
function suppressedStanding(
  { record }: CachedConfiguration,
  content: CachedContent | undefined,
  { detail }: SuppressedMatch,
): ConfigurationStanding {
  const generation = content?.layer.generation ?? record.generation;
  return { id: record.id, generation, applies: content !== undefined, reason: 'held', detail };
}

/** Why a rollout leaves the device with the stable generation. */
function waitingReason(
  { progress, generation }: ConfigurationRecord,
  admission: Admission | undefined,
): Pick<ConfigurationStanding, 'reason' | 'detail'> {
  if (admission?.state === 'failed' || admission?.state === 'resting') {
    const { attempts, error = 'it did not say why', state } = admission;
    const times = attempts === 1 ? 'once' : `${attempts} times`;
    const rest = state === 'resting' ? ', it is tried again' : '';
    return { reason: 'failed', detail: `generation ${generation} failed ${times}${rest}: ${error}` };
  }
  const state = progress ? `the rollout is ${progress.state}: ${progress.reason.text}` : 'it is not rolled out';
  return { reason: 'waiting-for-rollout', detail: `generation ${generation} is not its turn yet, ${state}` };
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
