import type { Subject } from '@muster/conditions';
import type { ConfigurationRecord, DeviceRecord } from '@muster/registry';
import {
  type ConfigurationInput,
  type ConfigurationLayer,
  canonicalEqual,
  explainLayers,
  isOverridden,
  type JsonObject,
  type Layer,
  LIMITS,
  layerName,
  type PreviewView,
} from '@muster/twin';
import type { BookEntry } from './configuration-book.js';
import { indexingView } from './indexing.js';
import { ranked, resolveDevice } from './resolve-device.js';
import { subjectOf } from './subject.js';

/** What a configuration would do, gathered device by device; nothing is stored. */
export class Preview {
  readonly #candidate: BookEntry;
  readonly #stored: BookEntry | undefined;
  readonly #numbers = { matched: 0, entering: 0, leaving: 0, changed: 0, overridden: 0, problems: 0 };
  readonly #paths = new Map<string, number>();
  readonly #conflicts = new Map<string, { path: string; with: string; winner: string; devices: number }>();
  readonly #sample: { id: string; before: JsonObject; after: JsonObject }[] = [];

  /** `stored` is the configuration that the candidate would replace. */
  constructor(candidate: BookEntry, stored: BookEntry | undefined) {
    this.#candidate = candidate;
    this.#stored = stored;
  }

  /** `layersFor` gives the layers of a device's configurations as they are stored now. */
  visit(record: DeviceRecord, layersFor: (subject: Subject) => readonly ConfigurationLayer[]): void {
    const subject = subjectOf(record);
    const [was, will] = [isMatch(this.#stored, subject), isMatch(this.#candidate, subject)];
    if (!was && !will) return;
    const applying = layersFor(subject);
    if (will) this.#numbers.matched += 1;
    if (will && !was) this.#numbers.entering += 1;
    if (was && !will) this.#numbers.leaving += 1;
    const others = was ? applying.filter(({ id }) => id !== this.#stored?.layer.id) : applying;
    const next = will ? [...others, this.#candidate.layer] : others;
    this.#compare(record, applying, next);
    if (will) this.#look(ranked(record, next));
  }

  view(): PreviewView {
    const paths = [...this.#paths].map(([path, devices]) => ({ path, devices }));
    return {
      ...this.#numbers,
      paths: paths.sort((left, right) => (left.path < right.path ? -1 : 1)),
      conflicts: [...this.#conflicts.values()].sort((left, right) => right.devices - left.devices),
      sample: this.#sample,
      ...indexingView(this.#candidate.condition),
    };
  }

  /** A document that would be over a limit is never sent: the device keeps what it has. */
  #compare(record: DeviceRecord, now: readonly ConfigurationLayer[], next: readonly ConfigurationLayer[]): void {
    const [current, planned] = [resolveDevice(record, now), resolveDevice(record, next)];
    const before = current.kind === 'document' ? current.desired : record.desired;
    const after = planned.kind === 'document' ? planned.desired : before;
    if (planned.kind === 'problem') this.#numbers.problems += 1;
    if (canonicalEqual(before, after)) return;
    this.#numbers.changed += 1;
    if (this.#sample.length < LIMITS.previewSampleMax) this.#sample.push({ id: record.id, before, after });
  }

  #look(layers: readonly Layer[]): void {
    const mine = this.#candidate.layer;
    if (isOverridden(mine, layers.slice(layers.indexOf(mine) + 1))) this.#numbers.overridden += 1;
    for (const [path, { winner, beat }] of explainLayers(layers)) {
      if (winner === mine) {
        this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1);
        for (const { layer } of beat) this.#conflict(path, layer, winner);
      } else if (beat.some(({ layer }) => layer === mine)) this.#conflict(path, winner, winner);
    }
  }

  #conflict(path: string, other: Layer, winner: Layer): void {
    const key = JSON.stringify([path, layerName(other), layerName(winner)]);
    const known = this.#conflicts.get(key);
    if (known) known.devices += 1;
    else this.#conflicts.set(key, { path, with: layerName(other), winner: layerName(winner), devices: 1 });
  }
}

function isMatch(entry: BookEntry | undefined, subject: Subject): boolean {
  return entry?.record.enabled === true && entry.condition.test(subject) === true;
}

/** The configuration as it would be stored: an edit keeps its place, a new one is the newest. */
export function candidateRecord(
  id: string | undefined,
  input: ConfigurationInput,
  stored: ConfigurationRecord | undefined,
): ConfigurationRecord {
  return {
    id: id ?? 'preview',
    targetCondition: input.targetCondition,
    desiredProperties: input.desiredProperties,
    priority: input.priority ?? 0,
    enforce: input.enforce ?? false,
    enabled: input.enabled ?? true,
    labels: input.labels ?? {},
    created: stored?.created ?? Number.MAX_SAFE_INTEGER,
    createdAt: 0,
    updatedAt: 0,
    generation: (stored?.generation ?? 0) + 1,
    sinceGeneration: (stored?.generation ?? 0) + 1,
    revision: 0,
    history: [],
  };
}
