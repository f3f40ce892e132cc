import type { ConfigurationInput, PreviewView } from '@muster/api';
import type { ConfigurationRecord, Registry } from '@muster/registry';
import { type Clock, checkId } from '@muster/twin';
import { type BookEntry, bookEntry } from './configuration-book.js';
import type { Fleet } from './fleet.js';
import { candidateRecord, Preview, type Standing } from './preview.js';
import { visitFound } from './visit-found.js';

interface PreviewerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly standing: Standing & {
    /** The devices that are held in a configuration, whether they match it or not. */
    heldIn(entry: BookEntry): Iterable<string>;
  };
  /** How many there are in all. */
  readonly devices: () => number;
}

interface Records {
  readonly stored: ConfigurationRecord | undefined;
  readonly candidate: ConfigurationRecord;
  readonly written?: ConfigurationRecord | undefined;
}

/** Makes previews over the fleet as it is. */
export class Previewer {
  readonly #parts: PreviewerParts;

  constructor(parts: PreviewerParts) {
    this.#parts = parts;
  }

  async preview(id: string | undefined, input: ConfigurationInput): Promise<PreviewView> {
    const stored = id === undefined ? undefined : await this.#parts.registry.readConfiguration(checkId(id));
    return this.previewOver(stored, id, input);
  }

  async previewOver(
    stored: ConfigurationRecord | undefined,
    id: string | undefined,
    input: ConfigurationInput,
  ): Promise<PreviewView> {
    const candidate = candidateRecord(id, input, stored);
    const written = input.rollout && this.#parts.registry.planConfiguration(candidate.id, stored, input);
    return this.#preview(id, { stored, candidate, written });
  }

  async previewRecord(stored: ConfigurationRecord, candidate: ConfigurationRecord): Promise<PreviewView> {
    return this.#preview(stored.id, { stored, candidate });
  }

  async #preview(id: string | undefined, { stored, candidate, written }: Records): Promise<PreviewView> {
    const { registry, clock, fleet, standing, devices } = this.#parts;
    const replaced = stored && bookEntry(stored);
    const preview = new Preview({
      ...{ id, candidate: bookEntry(candidate), stored: replaced },
      written: written && bookEntry(written),
    });
    const { conditions } = preview;
    await fleet.prepare(conditions);
    const asked = { found: fleet.find(conditions), others: replaced ? standing.heldIn(replaced) : [] };
    await visitFound({ registry, clock, devices: devices() }, asked, (record) => preview.visit(record, standing));
    return preview.view();
  }
}
