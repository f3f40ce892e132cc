import type { ConfigurationInput, RolloutInput } from '@muster/api';
import {
  canonicalEqual,
  checkDocument,
  documentBytes,
  isSameContent,
  isSameLayer,
  type JsonObject,
  LIMITS,
  TwinError,
} from '@muster/twin';
import { checkPrecondition, type Precondition } from '../input/revision.js';
import {
  type ConfigurationContent,
  type ConfigurationEntry,
  type ConfigurationRecord,
  isStored,
} from '../record/configuration-record.js';
import { rolloutPolicy } from '../rollout/rollout-policy.js';
import type { RolloutRules } from '../rollout/rollout-rules.js';
import type { Decision } from '../store/store.js';
import { configurationChange, rolloutChanges } from './configuration-change.js';
import { historyWith } from './configuration-generation.js';
import { withProgress } from './with-progress.js';

export interface PutConfiguration {
  readonly record: ConfigurationRecord;
  readonly isNew: boolean;
}

/** Times are milliseconds since 1970. Without rules, configurations have no rollouts. */
export interface PutContext {
  readonly now: number;
  readonly created: number;
  readonly precondition: Precondition;
  readonly by: string;
  readonly rules: RolloutRules | undefined;
}

/** Refuses a configuration that could never be stored. The caller checks its condition. */
export function checkConfiguration(
  { desiredProperties, description, labels, rollout }: ConfigurationInput,
  rules: RolloutRules | undefined,
): void {
  checkDocument('desired', desiredProperties);
  if (description !== undefined && documentBytes(description) > LIMITS.descriptionBytesMax) {
    throw new TwinError('too-large', `a description has at most ${LIMITS.descriptionBytesMax} bytes`, {
      path: '/description',
    });
  }
  if (labels !== undefined && documentBytes(labels) > LIMITS.tagsBytesMax) {
    throw new TwinError('too-large', `labels have at most ${LIMITS.tagsBytesMax} bytes`, { path: '/labels' });
  }
  if (rollout !== undefined && rules === undefined) {
    throw new TwinError('bad-request', 'rollouts are not available in this version: leave "rollout" away', {
      path: '/rollout',
    });
  }
  rolloutPolicy(rollout);
}

/**
 * Stores a configuration. A change of condition, properties, priority, enforce or rollout makes a new generation. An
 * edit keeps the created number; a new configuration gets `created`. Writing what is already stored is a no-op, whatever
 * its rollout has done since.
 */
export function putConfiguration(
  current: ConfigurationEntry | undefined,
  id: string,
  input: ConfigurationInput,
  context: PutContext,
): Decision<'configuration', PutConfiguration> {
  const stored = isStored(current) ? current : undefined;
  checkPrecondition(context.precondition, stored?.revision);
  const { now, by } = context;
  const written = writtenRecord(current, id, input, context);
  if (stored && isSameRecord(stored, written)) return { result: { record: stored, isNew: false } };
  const record = rolledOut(stored, written, context);
  const change = configurationChange(record, stored ? 'replaced' : 'created', now);
  const changes = [change, ...rolloutChanges(stored?.progress, record, by, now)];
  return { result: { record, isNew: !stored }, entry: record, changes };
}

/** The record as written, before the rules decide about its rollout. */
function writtenRecord(
  current: ConfigurationEntry | undefined,
  id: string,
  input: ConfigurationInput,
  { now, created }: PutContext,
): ConfigurationRecord {
  const stored = isStored(current) ? current : undefined;
  const { description, rollout } = input;
  const content = contentOf(input);
  const generation = writtenGeneration(stored, input);
  const record = {
    id,
    ...content,
    created: stored?.created ?? created,
    createdAt: stored?.createdAt ?? created,
    updatedAt: stored ? Math.max(now, stored.updatedAt) : created,
    enabled: input.enabled ?? true,
    ...(description === undefined ? {} : { description }),
    labels: input.labels ?? {},
    generation,
    contentGeneration: stored && isSameLayer(stored, content) ? stored.contentGeneration : generation,
    revision: (current?.revision ?? 0) + 1,
    progressRevision: stored?.progressRevision ?? 0,
    ...(rollout === undefined ? {} : { rollout: rollout as RolloutInput }),
  };
  return {
    ...record,
    history: generation === stored?.generation ? stored.history : historyWith(record, stored?.history ?? [], now),
  };
}

/** Returns the generation that this write makes. It stays if content and rollout stay. */
export function writtenGeneration(stored: ConfigurationRecord | undefined, input: ConfigurationInput): number {
  if (!stored) return 1;
  const isSame = isSameContent(stored, contentOf(input)) && isSameRollout(stored.rollout, input.rollout);
  return stored.generation + (isSame ? 0 : 1);
}

function contentOf({
  targetCondition,
  desiredProperties,
  priority = 0,
  enforce = false,
}: ConfigurationInput): ConfigurationContent {
  return { targetCondition, desiredProperties, priority, enforce };
}

/** Compares texts, not meanings. */
function isSameRollout(left: RolloutInput | undefined, right: JsonObject | undefined): boolean {
  return canonicalEqual(left as JsonObject | undefined, right);
}

/** An equal generation means equal content and rollout. */
function isSameRecord(left: ConfigurationRecord, right: ConfigurationRecord): boolean {
  return (
    left.generation === right.generation &&
    left.enabled === right.enabled &&
    left.description === right.description &&
    canonicalEqual(left.labels, right.labels)
  );
}

function rolledOut(
  stored: ConfigurationRecord | undefined,
  written: ConfigurationRecord,
  { rules, by, now }: PutContext,
): ConfigurationRecord {
  const { generation, enabled } = written;
  const before = stored && { ...stored, policy: rolloutPolicy(stored.rollout), progress: stored.progress };
  const isSame = stored !== undefined && isSameContent(stored, written);
  const after = { generation, enabled, policy: rolloutPolicy(written.rollout), isSameContent: isSame };
  return withProgress(written, rules?.put(before, after, { by, at: now }), stored);
}
