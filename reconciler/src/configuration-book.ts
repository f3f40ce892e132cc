import { type Condition, type ConditionIndex, parseCondition, type Subject } from '@muster/conditions';
import type { ConfigurationRecord } from '@muster/registry';
import type { ConfigurationLayer, JsonObject } from '@muster/twin';
import { isScanned } from './indexing.js';

/** A stored configuration, ready to be asked. */
export interface BookEntry {
  readonly record: ConfigurationRecord;
  readonly condition: Condition;
  readonly layer: ConfigurationLayer;
  /** Whether its condition has to be asked of every device. */
  readonly isScanned: boolean;
}

/** Hears which conditions are asked, and which no longer. */
export interface ConditionWatcher {
  watch(condition: Condition): void;
  unwatch(condition: Condition): void;
}

/** All stored configurations with their conditions parsed; the enabled ones in an index. */
export class ConfigurationBook {
  readonly #entries = new Map<string, BookEntry>();
  readonly #index: ConditionIndex;
  readonly #watcher: ConditionWatcher | undefined;
  #ordered: readonly BookEntry[] | undefined;
  #edition = 0;
  #scanned = 0;

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

  /** Another number after every change of the book. */
  get edition(): number {
    return this.#edition;
  }

  get(id: string): BookEntry | undefined {
    return this.#entries.get(id);
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** In id order. */
  entries(): readonly BookEntry[] {
    this.#ordered ??= [...this.#entries.values()].sort((left, right) => (left.record.id < right.record.id ? -1 : 1));
    return this.#ordered;
  }

  put(record: ConfigurationRecord): BookEntry {
    const entry = bookEntry(record);
    // Before the old one is given up: what both read stays indexed.
    if (record.enabled) this.#watcher?.watch(entry.condition);
    this.remove(record.id);
    this.#entries.set(record.id, entry);
    if (record.enabled) {
      this.#index.add(record.id, entry.condition);
      this.#scanned += Number(entry.isScanned);
    }
    return entry;
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.record.enabled) {
      this.#index.remove(id);
      this.#watcher?.unwatch(entry.condition);
      this.#scanned -= Number(entry.isScanned);
    }
    this.#entries.delete(id);
    this.#ordered = undefined;
    this.#edition += 1;
  }

  /** The layers of all enabled configurations whose condition is TRUE, in the order they were created. */
  layersFor(subject: Subject): ConfigurationLayer[] {
    const layers = this.#index.match(subject).map((id) => this.#mustGet(id).layer);
    return layers.length > 1 ? layers.sort((left, right) => left.created - right.created) : layers;
  }

  /** Whether some enabled condition may see what this patch of reported changes. */
  readsReported(patch: JsonObject): boolean {
    return this.#index.readsReported(patch);
  }

  #mustGet(id: string): BookEntry {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`the index holds ${id}, the book does not`);
    return entry;
  }
}

export function bookEntry(record: ConfigurationRecord): BookEntry {
  const condition = parseCondition(record.targetCondition, 'target');
  return { record, condition, layer: layerOf(record), isScanned: isScanned(condition) };
}

function layerOf(record: ConfigurationRecord): ConfigurationLayer {
  const { id, generation, sinceGeneration, created, priority, enforce, desiredProperties: properties } = record;
  return { kind: 'configuration', id, generation, sinceGeneration, created, priority, enforce, properties };
}
