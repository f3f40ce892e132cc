import { TwinError } from '@muster/twin';
import { checkPrecondition, type Precondition } from '../input/revision.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from '../record/configuration-record.js';
import type { Decision } from '../store/store.js';
import { configurationChange } from './configuration-change.js';

/** Deletes a configuration. A tombstone keeps its created number, so that it is never used again. */
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
