import { parseRollout } from '@muster/api';
import { type Condition, type ConditionIndex, parseCondition, type Subject } from '@muster/conditions';
import type { Admission, ConfigurationContent, ConfigurationRecord, DeviceRecord } from '@muster/registry';
import type { ConfigurationLayer, JsonObject, RolloutPolicy } from '@muster/twin';
import { type AdmittingRollout, isOfRollout } from '../rollout/admission/admit.js';
import { layerOf } from '../rollout/admission/layer-of.js';
import { isScanned } from './indexing.js';
import { subjectOf } from './subject.js';

/** A stored configuration with its parsed conditions and rollout. */
export interface CachedConfiguration extends CachedContent {
  readonly record: ConfigurationRecord;
  /**
   * Equal keys select the same devices. When a rollout opens its next phase the key stays, and no device is searched.
   */
  readonly selectionKey: string;
  /** Whether one of its conditions has to be evaluated for every device. */
  readonly isScanned: boolean;
  /** Undefined without a rollout. */
  readonly rollout: AdmittingRollout | undefined;
  /** Generation of the devices that are not admitted; undefined: none. */
  readonly stable: CachedContent | undefined;
}

/** One generation of a configuration. */
export interface CachedContent {
  readonly condition: Condition;
  readonly layer: ConfigurationLayer;
}

/** The generations of a configuration whose condition is TRUE; at least one. */
export interface Match {
  readonly entry: CachedConfiguration;
  readonly current: boolean;
  readonly stable: boolean;
}

/** Told which conditions are evaluated, and which no longer. */
export interface ConditionWatcher {
  watch(condition: Condition): void;
  unwatch(condition: Condition): void;
}

/** Appended to an id; no id contains a slash. */
const STABLE_KEY = '/stable';

/** All stored configurations with their parsed conditions. Enabled ones are in an index. */
export class ConfigurationCache {
  readonly #entries = new Map<string, CachedConfiguration>();
  readonly #index: ConditionIndex;
  readonly #watcher: ConditionWatcher | undefined;
  #ordered: readonly CachedConfiguration[] | undefined;
  #version = 0;
  #scanned = 0;
  /** Number of enabled configurations that have, or had, a rollout. */
  #rolled = 0;

  constructor(index: ConditionIndex, watcher?: ConditionWatcher) {
    this.#index = index;
    this.#watcher = watcher;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Number of enabled configurations that have to be evaluated for every device. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Changes with every change of the cache. */
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
    // Before the old entry is removed, so that paths read by both stay indexed.
    for (const [, condition] of askedOf(entry)) this.#watcher?.watch(condition);
    this.remove(record.id);
    this.#entries.set(record.id, entry);
    for (const [key, condition] of askedOf(entry)) this.#index.add(key, condition);
    this.#count(entry, 1);
    return entry;
  }

  /** Takes a newer record with the same content, which changes nothing for devices. */
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

  /** All enabled configurations with a TRUE condition, in the order they were created. */
  matches(subject: Subject): Match[] {
    const keys = this.#index.match(subject);
    const matches = this.#rolled === 0 ? keys.map((key) => this.#plain(key)) : this.#rolledMatches(keys);
    return matches.length > 1
      ? matches.sort((left, right) => left.entry.record.created - right.entry.record.created)
      : matches;
  }

  /** The layers of a device, given its admissions, in the order they were created. */
  layersFor(record: DeviceRecord): ConfigurationLayer[] {
    if (this.#rolled > 0) return layersOf(this.matches(subjectOf(record)), record.admissions);
    const layers = this.#index.match(subjectOf(record)).map((id) => this.#mustGet(id).layer);
    return layers.length > 1 ? layers.sort((left, right) => left.created - right.created) : layers;
  }

  /** Whether an enabled condition may depend on this patch of reported. */
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

/** Reuses everything that did not change since `before`. */
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

/** Parses a rollout once for each write; its progress does not change it. */
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

/** The layers of a device among the matches, given its admissions. */
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

/** The generation that is a layer of the device; undefined: none. */
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

/** The device's admission to the current rollout of a configuration; admissions to earlier content do not count. */
export function admissionTo(
  { rollout }: CachedConfiguration,
  admissions: readonly Admission[] | undefined,
): Admission | undefined {
  return rollout && admissions?.find((one) => isOfRollout(one, rollout));
}

/** Evaluates one configuration without the index. */
export function matchOf(entry: CachedConfiguration, subject: Subject): Match {
  const { condition, stable } = entry;
  return {
    entry,
    current: condition.test(subject) === true,
    stable: stable !== undefined && stable.condition.test(subject) === true,
  };
}

/** The conditions of an entry in the index, by key. */
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
  content: ConfigurationContent & Pick<ConfigurationRecord, 'generation' | 'contentGeneration'>,
): CachedContent {
  const { generation, contentGeneration, priority, enforce, desiredProperties: properties } = content;
  return {
    condition: parseCondition(content.targetCondition, 'target'),
    layer: { kind: 'configuration', id, generation, contentGeneration, created, priority, enforce, properties },
  };
}
