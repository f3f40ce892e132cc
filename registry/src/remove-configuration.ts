import { TwinError } from '@muster/twin';
import { configurationChange } from './configuration-change.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from './configuration-record.js';
import { checkPrecondition, type Precondition } from './revision.js';
import type { Decision } from './store.js';

/** Deletes a configuration; what is left keeps its created number from ever being given again. */
export function removeConfiguration(
  current: ConfigurationEntry | undefined,
  id: string,
  { now, precondition }: { now: number; precondition: Precondition },
): Decision<'configuration', ConfigurationRecord> {
  if (!isStored(current)) throw new TwinError('not-found', `there is no configuration ${id}`);
  checkPrecondition(precondition, current.revision);
  return {
    result: current,
    entry: { id, deleted: true, created: current.created, revision: current.revision + 1 },
    changes: [configurationChange(current, 'deleted', now)],
  };
}
