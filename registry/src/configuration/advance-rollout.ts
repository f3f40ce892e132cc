import { type ConfigurationEntry, type ConfigurationRecord, isStored } from '../record/configuration-record.js';
import type { RolloutOutcome } from '../rollout/rollout-outcome.js';
import type { Decision } from '../store/store.js';
import { rolledChanges } from './configuration-change.js';
import { rolled } from './rolled.js';

/** The version of a configuration on which a decision rests. */
export type ConfigurationVersion = Pick<ConfigurationRecord, 'created' | 'revision' | 'progressRevision'>;

/**
 * Stores a step that a rollout takes by itself. Returns undefined and stores nothing if the configuration has changed. A
 * rollback changes content and ETag, like a write of an operator.
 */
export function advanceRollout(
  current: ConfigurationEntry | undefined,
  at: ConfigurationVersion,
  outcome: RolloutOutcome,
  now: number,
): Decision<'configuration', ConfigurationRecord | undefined> {
  if (!isStored(current) || !isAt(current, at)) return { result: undefined };
  const next = { ...rolled(current, outcome, now), progressRevision: current.progressRevision + 1 };
  const record = next.generation === current.generation ? next : written(next, now);
  const changes = rolledChanges(current, record, outcome.progress.changedBy, now);
  return { result: record, entry: record, changes };
}

function isAt({ created, revision, progressRevision }: ConfigurationRecord, at: ConfigurationVersion): boolean {
  return created === at.created && revision === at.revision && progressRevision === at.progressRevision;
}

function written(record: ConfigurationRecord, now: number): ConfigurationRecord {
  return { ...record, updatedAt: Math.max(now, record.updatedAt), revision: record.revision + 1 };
}
