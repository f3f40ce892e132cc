import {
  type Candidates,
  type Condition,
  DeviceIndex,
  type Plan,
  type Subject,
  type SubjectPath,
} from '@muster/conditions';
import { type DeviceEntry, type DeviceRecord, isLive } from '@muster/registry';
import { type Clock, LIMITS, type Log } from '@muster/twin';
import { subjectOf } from '../cache/subject.js';
import { CoalescingJob } from '../workqueue/coalescing-job.js';
import { Slicer } from '../workqueue/slicer.js';
import { type AssignedGeneration, Assignments, assignmentKey } from './assignments.js';
import { IndexLimits, type IndexLimitsParts } from './index-limits.js';

export interface FleetParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Visits the newest record of every registered device; returns whether it got to the end. */
  readonly walk: (visit: (record: DeviceRecord) => void) => Promise<boolean>;
  /** Default: `LIMITS`. */
  readonly limits?: IndexLimitsParts['limits'];
}

/** A path of reported, from the moment it is watched until it is forgotten. */
interface Filling {
  readonly path: SubjectPath;
}

/**
 * Indexes every registered device, so that a condition finds its devices without evaluating each. Paths below
 * `reported` are indexed while a condition reads them. A new path is read from the whole fleet in slices; until then
 * plans scan.
 */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #index: DeviceIndex;
  readonly #limits: IndexLimits;
  readonly #assignments: Assignments;
  readonly #fills: CoalescingJob<Filling>;
  /** Paths not yet read from the whole fleet, by their text. */
  readonly #filling = new Map<string, Filling>();

  constructor(parts: FleetParts) {
    const { clock, log, limits = LIMITS } = parts;
    const { indexedPathsMax, indexedValuesMax } = limits;
    this.#parts = parts;
    this.#index = new DeviceIndex({ indexedPathsMax, indexedValuesMax });
    this.#limits = new IndexLimits({ clock, log, limits, counters: () => this.#index.counters });
    this.#assignments = new Assignments(this.#index);
    this.#fills = new CoalescingJob({ clock, log, run: (due) => this.#fill(due) });
  }

  /** Undefined if the device is not registered. */
  numberOf(id: string): number | undefined {
    return this.#index.numberOf(id);
  }

  idOf(number: number): string {
    return this.#index.idOf(number);
  }

  get counters(): Readonly<Record<string, number>> {
    const { paths, values, watched, prepared, leftOut, givenUp } = this.#index.counters;
    return {
      ...{ indexedPaths: paths, indexedValues: values, watchedPaths: watched, preparedBlocks: prepared },
      ...{ unindexedValues: leftOut, pathsGivenUp: givenUp.length },
    };
  }

  get isIdle(): boolean {
    return this.#fills.isIdle;
  }

  async idle(): Promise<void> {
    await this.#fills.idle();
  }

  async stop(): Promise<void> {
    this.#limits.stop();
    await this.#fills.stop();
  }

  has(id: string): boolean {
    return this.#index.has(id);
  }

  /** A known device was written; `before` is the record passed last. */
  change(before: DeviceRecord, after: DeviceEntry): void {
    if (isLive(after)) this.#change(before, after);
    else this.#remove(before);
  }

  add(record: DeviceRecord): void {
    this.#indexChange(undefined, subjectOf(record));
    for (const one of heldBy(record)) this.#assignments.add(record.id, one);
  }

  #remove(record: DeviceRecord): void {
    for (const one of heldBy(record)) this.#assignments.remove(record.id, one);
    this.#index.change(subjectOf(record), undefined);
    this.#refillTags();
  }

  #change(before: DeviceRecord, after: DeviceRecord): void {
    if (this.#isSeen(before, after)) this.#indexChange(subjectOf(before), subjectOf(after));
    this.#refillTags();
    this.#assignments.change(after.id, before.configurations, after.configurations);
    if (before.admissions !== after.admissions) {
      this.#assignments.change(after.id, admittedTo(before), admittedTo(after));
    }
  }

  #indexChange(before: Subject | undefined, after: Subject): void {
    this.#index.change(before, after);
    this.#limits.changed();
  }

  /** Whether conditions may see a difference: most reports change nothing that a condition reads. */
  #isSeen(before: DeviceRecord, after: DeviceRecord): boolean {
    if (before.tags !== after.tags || before.name !== after.name) return true;
    return before.reported !== after.reported && this.#index.watched > 0;
  }

  plan(condition: Condition): Plan {
    return this.#index.plan(condition);
  }

  /**
   * Sorts values that the conditions compare, in slices; without it a plan may have to scan. Ask right after it
   * resolves: what it collected is released in the next turn of the event loop.
   */
  async prepare(conditions: readonly Condition[]): Promise<void> {
    const slicer = new Slicer(this.#parts.clock);
    const preparations = conditions.map((condition) => this.#index.prepare(condition));
    try {
      for (const preparation of preparations) await slicer.each(preparation, () => {});
    } finally {
      setImmediate(() => {
        for (const preparation of preparations) preparation.release();
      });
    }
  }

  /** Devices that match one of the conditions. If not exact: devices that may match. */
  find(conditions: readonly Condition[]): Candidates {
    const [first, ...others] = conditions;
    return first && others.length === 0 ? this.#index.find(first) : this.#index.findAny(conditions);
  }

  /** Generations of a configuration that some device holds or was admitted to. */
  assignedGenerations(configuration: string): AssignedGeneration[] {
    return this.#assignments.generations(configuration);
  }

  /** Devices that hold the generation. */
  assigned(assigned: AssignedGeneration): Candidates {
    return this.#index.marked(assignmentKey(assigned));
  }

  /** Devices that hold the generation or match the condition, but not both. */
  mismatched(assigned: AssignedGeneration, condition: Condition): Candidates {
    return this.#index.mismatched(assignmentKey(assigned), condition);
  }

  watch(condition: Condition): void {
    for (const path of reportedPaths(condition)) if (this.#index.watchReported(path)) this.#begin(path);
  }

  unwatch(condition: Condition): void {
    for (const path of reportedPaths(condition)) {
      if (this.#index.unwatchReported(path)) this.#filling.delete(JSON.stringify(path));
    }
  }

  /** Starts to index paths of tags that were left out, if other paths are no longer used. */
  #refillTags(): void {
    if (this.#index.refillTags()) this.#begin(['tags']);
  }

  /** Does nothing before the first device is read. */
  #begin(path: SubjectPath): void {
    if (this.#index.completed(path)) return;
    const filling = { path };
    this.#filling.set(JSON.stringify(path), filling);
    this.#fills.add(filling);
  }

  /** Reads all due paths in one walk. A path that is forgotten and watched again meanwhile is left to the next walk. */
  async #fill(due: ReadonlySet<Filling>): Promise<void> {
    const isCurrent = (one: Filling): boolean => this.#filling.get(JSON.stringify(one.path)) === one;
    const isAtEnd = await this.#parts.walk((record) => {
      // A device not known yet is added with all its values.
      if (!this.#index.has(record.id)) return;
      const subject = subjectOf(record);
      for (const one of due) if (isCurrent(one)) this.#index.fill(one.path, subject);
      this.#limits.changed();
    });
    if (isAtEnd) for (const one of due) if (isCurrent(one)) this.#index.completed(one.path);
  }
}

/** Paths below reported that the condition reads. The whole of reported is not among them: no value compares to it. */
function reportedPaths({ paths }: Condition): SubjectPath[] {
  return paths.flatMap(([root, ...names]) =>
    root === 'reported' && names.length > 0 ? [[root, ...names] as const] : [],
  );
}

function heldBy(record: DeviceRecord): readonly AssignedGeneration[] {
  return record.admissions ? [...record.configurations, ...admittedTo(record)] : record.configurations;
}

/** Admissions have a negative generation, which tells them from held generations. */
function admittedTo({ admissions = [] }: DeviceRecord): AssignedGeneration[] {
  return admissions.map(({ id, created, key }) => ({ id, created, generation: -key }));
}
