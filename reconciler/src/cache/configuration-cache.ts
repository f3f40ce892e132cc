import { parseRollout } from '@muster/api';
import { type Condition, type ConditionIndex, parseCondition, type Subject } from '@muster/conditions';
import type { Admission, ConfigurationContent, ConfigurationRecord, DeviceRecord } from '@muster/registry';
import type { ConfigurationLayer, JsonObject, RolloutPolicy } from '@muster/twin';
import { type AdmittingRollout, isOfRollout } from '../rollout/admission/admit.js';
import { layerOf } from '../rollout/admission/layer-of.js';
import { isScanned } from './indexing.js';
import { subjectOf } from './subject.js';

/** A stored configuration, ready to be asked. */
export interface CachedConfiguration extends CachedContent {
  readonly record: ConfigurationRecord;
  /** Equal keys select the same devices: a rollout that opens its next phase keeps its key, and no device is searched. */
  readonly selectionKey: string;
  /** Whether one of its conditions has to be asked of every device. */
  readonly isScanned: boolean;
  /** Undefined without a rollout. */
  readonly rollout: AdmittingRollout | undefined;
  /** What those have whom the rollout has not admitted; undefined: nothing. */
  readonly stable: CachedContent | undefined;
}

/** One generation of a configuration. */
export interface CachedContent {
  readonly condition: Condition;
  readonly layer: ConfigurationLayer;
}

/** Of which generations of a configuration the condition is TRUE; of one at least. */
export interface Match {
  readonly entry: CachedConfiguration;
  readonly current: boolean;
  readonly stable: boolean;
}

/** Hears which conditions are asked, and which no longer. */
export interface ConditionWatcher {
  watch(condition: Condition): void;
  unwatch(condition: Condition): void;
}

/** No id has a slash. */
const STABLE_KEY = '/stable';

/** All stored configurations with their conditions parsed; those of the enabled ones in an index. */
export class ConfigurationCache {
  readonly #entries = new Map<string, CachedConfiguration>();
  readonly #index: ConditionIndex;
  readonly #watcher: ConditionWatcher | undefined;
  #ordered: readonly CachedConfiguration[] | undefined;
  #version = 0;
  #scanned = 0;
  /** How many enabled configurations have, or had, a rollout. */
  #rolled = 0;

  constructor(index: ConditionIndex, watcher?: ConditionWatcher) {
    this.#index = index;
    this.#watcher = watcher;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many enabled configurations have to be asked of every device. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Another number after every change of the cache. */
  get version(): number {
    return this.#version;
  }

  get(id: string): CachedConfiguration | undefined {
    return this.#entries.get(id);
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** In id order. */
  entries(): readonly CachedConfiguration[] {
    this.#ordered ??= [...this.#entries.values()].sort((left, right) => (left.record.id < right.record.id ? -1 : 1));
    return this.#ordered;
  }

  put(record: ConfigurationRecord): CachedConfiguration {
    const entry = cachedConfiguration(record, this.#entries.get(record.id));
    // Before the old one is given up: what both read stays indexed.
    for (const [, condition] of askedOf(entry)) this.#watcher?.watch(condition);
    this.remove(record.id);
    this.#entries.set(record.id, entry);
    for (const [key, condition] of askedOf(entry)) this.#index.add(key, condition);
    this.#count(entry, 1);
    return entry;
  }

  /** A newer record of the same content: devices have nothing to do with the difference. */
  refresh(record: ConfigurationRecord): void {
    const entry = this.#entries.get(record.id);
    if (!entry || entry.record === record) return;
    this.#entries.set(record.id, { ...entry, record });
    this.#ordered = undefined;
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    for (const [key, condition] of entry ? askedOf(entry) : []) {
      this.#index.remove(key);
      this.#watcher?.unwatch(condition);
    }
    if (entry) this.#count(entry, -1);
    this.#entries.delete(id);
    this.#ordered = undefined;
    this.#version += 1;
  }

  /** All enabled configurations of which a condition is TRUE, in the order they were created. */
  matches(subject: Subject): Match[] {
    const keys = this.#index.match(subject);
    const matches = this.#rolled === 0 ? keys.map((key) => this.#plain(key)) : this.#rolledMatches(keys);
    return matches.length > 1
      ? matches.sort((left, right) => left.entry.record.created - right.entry.record.created)
      : matches;
  }

  /** The layers of a device as its rollouts have left it, in the order they were created. */
  layersFor(record: DeviceRecord): ConfigurationLayer[] {
    if (this.#rolled > 0) return layersOf(this.matches(subjectOf(record)), record.admissions);
    const layers = this.#index.match(subjectOf(record)).map((id) => this.#mustGet(id).layer);
    return layers.length > 1 ? layers.sort((left, right) => left.created - right.created) : layers;
  }

  /** Whether some enabled condition may see what this patch of reported changes. */
  readsReported(patch: JsonObject): boolean {
    return this.#index.readsReported(patch);
  }

  #plain(key: string): Match {
    return { entry: this.#mustGet(key), current: true, stable: false };
  }

  #rolledMatches(keys: readonly string[]): Match[] {
    const isStable = (key: string): boolean => key.endsWith(STABLE_KEY);
    const stable = new Set(keys.filter(isStable).map((key) => key.slice(0, -STABLE_KEY.length)));
    const matches = keys
      .filter((key) => !isStable(key))
      .map((id) => {
        const entry = this.#mustGet(id);
        return { entry, current: true, stable: stable.delete(id) || isSharing(entry) };
      });
    return [...matches, ...[...stable].map((id) => ({ entry: this.#mustGet(id), current: false, stable: true }))];
  }

  #count({ record, isScanned: isEach }: CachedConfiguration, sign: 1 | -1): void {
    if (!record.enabled) return;
    this.#scanned += sign * Number(isEach);
    this.#rolled += sign * Number(record.progress !== undefined);
  }

  #mustGet(id: string): CachedConfiguration {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`the index holds ${id}, the cache does not`);
    return entry;
  }
}

/** What is still the same as in the entry before is taken from there. */
export function cachedConfiguration(record: ConfigurationRecord, before?: CachedConfiguration): CachedConfiguration {
  const { id, created, enabled, progress, stable } = record;
  const known = before?.record.created === created ? before : undefined;
  const isSame = known?.record.generation === record.generation && known.condition.text === record.targetCondition;
  const content = isSame ? known : cachedContent(record, record);
  const old = stable && known?.record.stable?.generation === stable.generation ? known.stable : undefined;
  const kept = stable && (old ?? cachedContent(record, stable));
  const policy = policyOf(record, known);
  return {
    record,
    selectionKey: selectionKeyOf(record),
    condition: content.condition,
    layer: content.layer,
    isScanned: isScanned(content.condition) || (kept !== undefined && isScanned(kept.condition)),
    rollout: progress && policy && { id, created, enabled, policy, ...pick(progress) },
    stable: kept,
  };
}

/** Parsed once for each rollout that is written: its progress does not change it. */
function policyOf({ rollout }: ConfigurationRecord, known: CachedConfiguration | undefined): RolloutPolicy | undefined {
  if (!rollout) return undefined;
  const policy = known?.record.rollout === rollout ? known.rollout?.policy : undefined;
  return policy ?? parseRollout(rollout as unknown as JsonObject, '/rollout');
}

function selectionKeyOf({ created, generation, enabled, progress }: ConfigurationRecord): string {
  const state = progress?.state === 'waiting' ? 'running' : progress?.state;
  return [created, generation, enabled, progress?.key, progress?.stable, state, progress?.isWithdrawn].join(' ');
}

function pick({ key, state, phase }: NonNullable<ConfigurationRecord['progress']>) {
  return { key, state, phase };
}

/** Those that are layers of a device, given what its rollouts make of it. */
export function layersOf(
  matches: readonly Match[],
  admissions: readonly Admission[] | undefined,
): ConfigurationLayer[] {
  const layers: ConfigurationLayer[] = [];
  for (const match of matches) {
    const content = contentFor(match, admissions);
    if (content) layers.push(content.layer);
  }
  return layers;
}

/** The generation that is a layer of a device; undefined: none is. */
export function contentFor(match: Match, admissions: readonly Admission[] | undefined): CachedContent | undefined {
  const { entry, current, stable } = match;
  const { progress, enabled } = entry.record;
  if (!progress) return enabled && current ? entry : undefined;
  const layer = layerOf({
    enabled,
    progress,
    onFailure: entry.rollout?.policy.onFailure ?? 'fallback',
    admission: admissionTo(entry, admissions),
    matchesCurrent: current,
    matchesStable: stable,
  });
  if (layer === 'none') return undefined;
  return layer === 'current' ? entry : entry.stable;
}

/** What the rollout of a configuration made of the device; of an earlier content it is void. */
export function admissionTo(
  { rollout }: CachedConfiguration,
  admissions: readonly Admission[] | undefined,
): Admission | undefined {
  return rollout && admissions?.find((one) => isOfRollout(one, rollout));
}

/** Asked of one configuration alone, whatever the index says. */
export function matchOf(entry: CachedConfiguration, subject: Subject): Match {
  const { condition, stable } = entry;
  return {
    entry,
    current: condition.test(subject) === true,
    stable: stable !== undefined && stable.condition.test(subject) === true,
  };
}

/** The conditions of an entry that the index holds, by their keys. */
function askedOf(entry: CachedConfiguration): (readonly [key: string, condition: Condition])[] {
  const { record, condition, stable } = entry;
  if (!record.enabled) return [];
  const current = [record.id, condition] as const;
  return stable && !isSharing(entry) ? [current, [record.id + STABLE_KEY, stable.condition]] : [current];
}

function isSharing({ condition, stable }: CachedConfiguration): boolean {
  return stable?.condition.text === condition.text;
}

function cachedContent(
  { id, created }: ConfigurationRecord,
  content: ConfigurationContent & Pick<ConfigurationRecord, 'generation' | 'sinceGeneration'>,
): CachedContent {
  const { generation, sinceGeneration, priority, enforce, desiredProperties: properties } = content;
  return {
    condition: parseCondition(content.targetCondition, 'target'),
    layer: { kind: 'configuration', id, generation, sinceGeneration, created, priority, enforce, properties },
  };
}
