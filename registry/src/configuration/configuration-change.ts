import type { NewChange } from '../log/change.js';
import { timeText } from '../log/time-text.js';
import type { ConfigurationRecord } from '../record/configuration-record.js';
import type { RolloutProgress } from '../record/rollout-progress.js';

export function configurationChange(
  { id, generation }: ConfigurationRecord,
  change: 'created' | 'replaced' | 'deleted',
  now: number,
): NewChange {
  return { kind: 'configuration', configuration: id, data: { change, generation, at: timeText(now) } };
}

/** Returns the changes of a rollout step: a new generation, and the new state of the rollout. */
export function rolledChanges(
  before: ConfigurationRecord,
  after: ConfigurationRecord,
  by: string,
  now: number,
): NewChange[] {
  const replaced = after.generation === before.generation ? [] : [configurationChange(after, 'replaced', now)];
  return [...replaced, ...rolloutChanges(before.progress, after, by, now)];
}

/** Returns one change if the policy, state, phase or reason of the rollout changed, else none. */
export function rolloutChanges(
  before: RolloutProgress | undefined,
  { id, generation, progress }: ConfigurationRecord,
  by: string,
  now: number,
): NewChange[] {
  if (progress === undefined || isSameStep(before, progress)) return [];
  const { state, reason } = progress;
  const { code, text } = reason;
  const part = { state, phase: progress.phase + 1, reason: { code, text }, by };
  const data = { change: 'rollout', generation, at: timeText(now), ...part } as const;
  return [{ kind: 'configuration', configuration: id, data }];
}

/** Reports whether only elapsed time changed. */
function isSameStep(left: RolloutProgress | undefined, right: RolloutProgress): boolean {
  return (
    left?.key === right.key &&
    left.state === right.state &&
    left.phase === right.phase &&
    left.reason.code === right.reason.code &&
    left.reason.text === right.reason.text
  );
}
