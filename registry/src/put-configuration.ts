import { type ConfigurationInput, canonicalEqual, checkDocument, documentBytes, LIMITS, TwinError } from '@muster/twin';
import type { NewChange } from './change.js';
import {
  type ConfigurationContent,
  type ConfigurationEntry,
  type ConfigurationRecord,
  isStored,
} from './configuration-record.js';
import { checkPrecondition, type Precondition } from './revision.js';
import type { Decision } from './store.js';
import { timeText } from './time-text.js';

export interface PutConfiguration {
  readonly record: ConfigurationRecord;
  readonly isNew: boolean;
}

/** Refuses what could never be stored. The condition is judged by whoever knows the language. */
export function checkConfiguration({ desiredProperties, description, labels, rollout }: ConfigurationInput): void {
  checkDocument('desired', desiredProperties);
  if (description !== undefined && documentBytes(description) > LIMITS.descriptionBytesMax) {
    throw new TwinError('too-large', `a description has at most ${LIMITS.descriptionBytesMax} bytes`, {
      path: '/description',
    });
  }
  if (labels !== undefined && documentBytes(labels) > LIMITS.tagsBytesMax) {
    throw new TwinError('too-large', `labels have at most ${LIMITS.tagsBytesMax} bytes`, { path: '/labels' });
  }
  if (rollout !== undefined) {
    throw new TwinError('bad-request', 'rollouts are not available in this version: leave "rollout" away', {
      path: '/rollout',
    });
  }
}

/**
 * Stores a configuration. A change of condition, properties, priority or enforce makes a new generation; an
 * edit keeps the created number, which is given by `created` for a new one.
 */
export function putConfiguration(
  current: ConfigurationEntry | undefined,
  id: string,
  input: ConfigurationInput,
  { now, created, precondition }: { now: number; created: number; precondition: Precondition },
): Decision<'configuration', PutConfiguration> {
  const stored = isStored(current) ? current : undefined;
  checkPrecondition(precondition, stored?.revision);
  const content = contentOf(input);
  const generation = stored ? stored.generation + (isSameContent(stored, content) ? 0 : 1) : 1;
  const record: ConfigurationRecord = {
    id,
    ...content,
    created: stored?.created ?? created,
    createdAt: stored?.createdAt ?? created,
    updatedAt: stored ? Math.max(now, stored.updatedAt) : created,
    enabled: input.enabled ?? true,
    ...(input.description === undefined ? {} : { description: input.description }),
    labels: input.labels ?? {},
    generation,
    sinceGeneration: stored && isSameLayer(stored, content) ? stored.sinceGeneration : generation,
    revision: (current?.revision ?? 0) + 1,
    history: stored?.generation === generation ? stored.history : history(stored, content, generation, now),
  };
  if (stored && isSameRecord(stored, record)) return { result: { record: stored, isNew: false } };
  const change = configurationChange(record, stored ? 'replaced' : 'created', now);
  return { result: { record, isNew: !stored }, entry: record, changes: [change] };
}

function contentOf({
  targetCondition,
  desiredProperties,
  priority = 0,
  enforce = false,
}: ConfigurationInput): ConfigurationContent {
  return { targetCondition, desiredProperties, priority, enforce };
}

function isSameContent(left: ConfigurationContent, right: ConfigurationContent): boolean {
  return left.targetCondition === right.targetCondition && isSameLayer(left, right);
}

/** Whether it is the same for the devices that match. */
function isSameLayer(left: ConfigurationContent, right: ConfigurationContent): boolean {
  return (
    left.priority === right.priority &&
    left.enforce === right.enforce &&
    canonicalEqual(left.desiredProperties, right.desiredProperties)
  );
}

function isSameRecord(left: ConfigurationRecord, right: ConfigurationRecord): boolean {
  return (
    left.generation === right.generation &&
    left.enabled === right.enabled &&
    left.description === right.description &&
    canonicalEqual(left.labels, right.labels)
  );
}

function history(
  stored: ConfigurationRecord | undefined,
  content: ConfigurationContent,
  generation: number,
  now: number,
) {
  const newest = { ...content, generation, writtenAt: now };
  return [newest, ...(stored?.history ?? [])].slice(0, LIMITS.generationsKept);
}

export function configurationChange(
  { id, generation }: ConfigurationRecord,
  change: 'created' | 'replaced' | 'deleted',
  now: number,
): NewChange {
  return { kind: 'configuration', configuration: id, data: { change, generation, at: timeText(now) } };
}
