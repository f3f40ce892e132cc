import type { PreviewView } from '@muster/api';
import type { Condition } from '@muster/conditions';
import type { DeviceRecord } from '@muster/registry';
import { type ConfigurationLayer, type JsonObject, LIMITS } from '@muster/twin';
import {
  type CachedConfiguration,
  type CachedContent,
  contentFor,
  type Match,
  matchOf,
} from '../cache/configuration-cache.js';
import { indexingView } from '../cache/indexing.js';
import { subjectOf } from '../cache/subject.js';
import { ChangeHistogram } from './change-histogram.js';
import { type DeviceCase, type Evaluation, evaluateDevice } from './evaluate-device.js';
import { EvaluationMemo } from './evaluation-memo.js';

/** The current layers of devices. */
export interface CurrentState {
  /** The layers of a device's configurations as they are stored. */
  layersFor(record: DeviceRecord): readonly ConfigurationLayer[];
  /** How a suppressed device matches; undefined: flap damping does not hold it. */
  suppressedMatch(record: DeviceRecord, entry: CachedConfiguration): Match | undefined;
}

/** The write to preview. */
export interface Replacement {
  /** Undefined: it replaces no configuration. */
  readonly id: string | undefined;
  /** What matching devices have in the end. */
  readonly candidate: CachedConfiguration;
  /** The configuration it replaces. */
  readonly stored: CachedConfiguration | undefined;
  /** The record as written, if it differs from the candidate: it has a rollout that has admitted no device. */
  readonly written?: CachedConfiguration | undefined;
}

/** Collects, device by device, what a planned write would do. Writes nothing. */
export class Preview {
  readonly #id: string | undefined;
  readonly #candidate: CachedConfiguration;
  readonly #stored: CachedConfiguration | undefined;
  readonly #written: CachedConfiguration | undefined;
  readonly #numbers = { matched: 0, entering: 0, leaving: 0, changed: 0, atOnce: 0, overridden: 0, problems: 0 };
  readonly #paths = new Map<string, number>();
  readonly #conflicts = new Map<string, { path: string; with: string; winner: string; devices: number }>();
  readonly #changes = new ChangeHistogram();
  readonly #sample: { id: string; before: JsonObject; after: JsonObject }[] = [];
  readonly #devices: EvaluationMemo;
  readonly #devicesAtOnce: EvaluationMemo;

  constructor({ id, candidate, stored, written }: Replacement) {
    this.#id = id;
    this.#candidate = candidate;
    this.#stored = stored;
    this.#written = written;
    this.#devicesAtOnce = new EvaluationMemo(
      (deviceCase) => evaluateDevice(deviceCase, candidate.layer),
      () => {},
    );
    this.#devices = new EvaluationMemo(
      (deviceCase) => evaluateDevice(deviceCase, candidate.layer),
      (evaluation, devices) => this.#add(evaluation, devices),
    );
  }

  /** Every device to visit matches one of them. */
  get conditions(): Condition[] {
    const all = [this.#candidate, this.#stored, this.#written].filter((entry) => entry !== undefined);
    const entries = all.filter(({ record }) => record.enabled);
    return entries.flatMap(({ condition, stable }) => (stable ? [condition, stable.condition] : [condition]));
  }

  /**
   * Ignores the layer that `layersFor` has for the replaced configuration, which may be newer than `stored`. With a
   * rollout, a device gets what it will have once that is complete; `written` gives what it gets at once.
   */
  visit(record: DeviceRecord, standing: CurrentState): void {
    const subject = subjectOf(record);
    const contentOf = (entry: CachedConfiguration): CachedContent | undefined =>
      contentFor(standing.suppressedMatch(record, entry) ?? matchOf(entry, subject), record.admissions);
    const had = this.#stored && contentOf(this.#stored);
    const has = contentOf(this.#candidate);
    const gets = this.#written ? contentOf(this.#written) : has;
    const [was, will] = [had !== undefined, has !== undefined];
    if (!was && !will && !gets) return;
    if (will) this.#numbers.matched += 1;
    if (will && !was) this.#numbers.entering += 1;
    if (was && !will) this.#numbers.leaving += 1;
    const others = this.#withoutStored(standing.layersFor(record));
    const current = had ? [...others, had.layer] : others;
    const planned = has ? [...others, has.layer] : others;
    const evaluation = this.#devices.evaluate({ record, current, planned });
    if (evaluation.isChanged) this.#show(record.id, evaluation);
    const first = gets ? [...others, gets.layer] : others;
    const isAtOnce = gets === has ? evaluation.isChanged : this.#isChangedAtOnce({ record, current, planned: first });
    if (isAtOnce) this.#numbers.atOnce += 1;
    if (isAtOnce && !evaluation.isChanged) this.#numbers.changed += 1;
  }

  view(): PreviewView {
    this.#devices.end();
    const paths = [...this.#paths].map(([path, devices]) => ({ path, devices }));
    return {
      ...this.#numbers,
      paths: paths.sort((left, right) => (left.path < right.path ? -1 : 1)),
      conflicts: [...this.#conflicts]
        .sort(([left, { devices: fewer }], [right, { devices }]) => devices - fewer || (left < right ? -1 : 1))
        .map(([, conflict]) => conflict),
      ...this.#changes.view(),
      sample: this.#sample,
      ...indexingView(this.#candidate.condition),
    };
  }

  #isChangedAtOnce(deviceCase: DeviceCase): boolean {
    return this.#devicesAtOnce.evaluate(deviceCase).isChanged;
  }

  #withoutStored(applying: readonly ConfigurationLayer[]): readonly ConfigurationLayer[] {
    const id = this.#id;
    return applying.some((layer) => layer.id === id) ? applying.filter((layer) => layer.id !== id) : applying;
  }

  /** Keeps the first devices in the order of ids. */
  #show(id: string, { before, after }: Evaluation): void {
    const sample = this.#sample;
    const last = sample.length < LIMITS.previewSampleMax ? undefined : sample.at(-1);
    if (last !== undefined && id > last.id) return;
    if (last !== undefined) sample.pop();
    const place = sample.findIndex((one) => one.id > id);
    sample.splice(place < 0 ? sample.length : place, 0, { id, before, after });
  }

  #add({ isProblem, isChanged, isOverridden, changes, won, conflicts }: Evaluation, devices: number): void {
    if (isProblem) this.#numbers.problems += devices;
    if (isChanged) this.#numbers.changed += devices;
    if (isOverridden) this.#numbers.overridden += devices;
    for (const path of won) this.#paths.set(path, (this.#paths.get(path) ?? 0) + devices);
    for (const change of changes) this.#changes.add(change, devices);
    for (const conflict of conflicts) {
      const key = JSON.stringify([conflict.path, conflict.with, conflict.winner]);
      const known = this.#conflicts.get(key);
      if (known) known.devices += devices;
      else this.#conflicts.set(key, { ...conflict, devices });
    }
  }
}
