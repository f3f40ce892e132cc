import { type Condition, type ConditionIndex, parseCondition, type Subject } from '@muster/conditions';
import type { ConfigurationRecord } from '@muster/registry';
import type { ConfigurationLayer, JsonObject } from '@muster/twin';

/** A stored configuration, ready to be asked. */
export interface BookEntry {
  readonly record: ConfigurationRecord;
  readonly condition: Condition;
  readonly layer: ConfigurationLayer;
}

/** All stored configurations with their conditions parsed; the enabled ones in an index. */
export class ConfigurationBook {
  readonly #entries = new Map<string, BookEntry>();
  readonly #index: ConditionIndex;

  constructor(index: ConditionIndex) {
    this.#index = index;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): BookEntry | undefined {
    return this.#entries.get(id);
  }

  /** In id order. */
  entries(): BookEntry[] {
    return [...this.#entries.values()].sort((left, right) => (left.record.id < right.record.id ? -1 : 1));
  }

  put(record: ConfigurationRecord): BookEntry {
    this.remove(record.id);
    const entry = bookEntry(record);
    this.#entries.set(record.id, entry);
    if (record.enabled) this.#index.add(record.id, entry.condition);
    return entry;
  }

  remove(id: string): void {
    if (this.#entries.get(id)?.record.enabled) this.#index.remove(id);
    this.#entries.delete(id);
  }

  /** The layers of all enabled configurations whose condition is TRUE. */
  layersFor(subject: Subject): ConfigurationLayer[] {
    return this.#index.match(subject).map((id) => this.#mustGet(id).layer);
  }

  /** Whether some stored condition may see what this patch of reported changes. */
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
  return { record, condition: parseCondition(record.targetCondition, 'target'), layer: layerOf(record) };
}

function layerOf(record: ConfigurationRecord): ConfigurationLayer {
  const { id, generation, created, priority, enforce, desiredProperties } = record;
  return { kind: 'configuration', id, generation, created, priority, enforce, properties: desiredProperties };
}
