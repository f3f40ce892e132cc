import type { PreviewView } from '@muster/api';
import type { ConfigurationRecord, Registry } from '@muster/registry';
import { type Clock, checkId } from '@muster/twin';
import { type CachedConfiguration, cachedConfiguration } from '../cache/configuration-cache.js';
import type { Fleet } from '../fleet/fleet.js';
import { visitFound } from '../fleet/visit-found.js';
import { type CurrentState, Preview } from './preview.js';

/** Id of a planned configuration that has none. It does not replace a stored configuration of that id. */
export const UNNAMED_ID = 'preview';

/** A write that is not made: `planned` instead of `stored`. */
export interface PlannedWrite {
  /** Undefined for a new configuration. */
  readonly stored: ConfigurationRecord | undefined;
  readonly planned: ConfigurationRecord;
  /** Whether to count the devices that change once the rollout of `planned` is complete, not in its planned state. */
  readonly isComplete?: boolean;
}

interface PreviewerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly current: CurrentState & {
    /** Devices that flap damping holds in a configuration, whether they match or not. */
    suppressedIn(entry: CachedConfiguration): Iterable<string>;
  };
  readonly entryOf: (configuration: string) => CachedConfiguration | undefined;
}

/** Previews planned writes over the fleet as it is. */
export class Previewer {
  readonly #parts: PreviewerParts;

  constructor(parts: PreviewerParts) {
    this.#parts = parts;
  }

  async preview({ stored, planned, isComplete = false }: PlannedWrite): Promise<PreviewView> {
    const { registry, clock, fleet, current, entryOf } = this.#parts;
    const id = stored === undefined && planned.id === UNNAMED_ID ? undefined : checkId(planned.id);
    // Each entry takes the parsed condition of the one before, where it is the same.
    const replaced = stored && cachedConfiguration(stored, entryOf(stored.id));
    const candidate = cachedConfiguration(isComplete ? withoutRollout(planned) : planned, replaced);
    const written = isComplete && planned.rollout ? cachedConfiguration(planned, candidate) : undefined;
    const preview = new Preview({ id, candidate, stored: replaced, written });
    const { conditions } = preview;
    await fleet.prepare(conditions);
    const asked = { found: fleet.find(conditions), others: replaced ? current.suppressedIn(replaced) : [] };
    await visitFound({ registry, clock }, asked, (record) => preview.visit(record, current));
    return preview.view();
  }
}

/** The configuration after its rollout: every matching device has it. */
function withoutRollout({ rollout, progress, stable, ...record }: ConfigurationRecord): ConfigurationRecord {
  return record;
}
