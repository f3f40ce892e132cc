import type { RolloutInput } from '@muster/api';
import type { Admission, ConfigurationRecord, DeviceRecord, Entries, EntryKind } from '@muster/registry';
import type { Mutation } from './mutation.js';

/** Deliberate faults of rollouts: the server reads, or the disk holds, a false record. */
export const ROLLOUT_MUTATIONS: Readonly<Record<string, Mutation>> = {
  /** A paused or aborted rollout continues. */
  'deaf-to-aborts': { shown: (entry) => (isRolled(entry) ? goingOn(entry) : entry) },
  /** Each phase admits too many devices. */
  'open-wide': { shown: withRollout((rollout) => ({ ...rollout, phases: wider(rollout.phases ?? []) })) },
  /** Phases do not wait. */
  'rush-phases': { shown: withRollout((rollout) => ({ ...rollout, phases: withoutWaits(rollout.phases ?? []) })) },
  /** All devices are admitted at once. */
  'ignore-rate': { shown: withRollout(({ ratePerMinute: _, ...rollout }) => rollout) },
  /** Every attempt counts as the first. */
  'forget-attempts': { stored: (entry) => (isDevice(entry) ? withAttempts(entry, () => 1) : entry) },
  /** Retries are far too late. */
  oversleep: { stored: (entry) => (isDevice(entry) ? withRests(entry) : entry) },
  /** A device that failed keeps the failed content until the next attempt. */
  'keep-what-failed': {
    stored: (entry, before) =>
      isDevice(entry) && isDevice(before) && isResting(before, entry) ? kept(before, entry) : entry,
  },
};

type Entry = Entries[EntryKind];

function isDevice(entry: Entry | undefined): entry is DeviceRecord {
  return entry !== undefined && 'credential' in entry;
}

function isRolled(entry: Entry): entry is ConfigurationRecord & Required<Pick<ConfigurationRecord, 'progress'>> {
  return 'progress' in entry && entry.progress !== undefined;
}

function goingOn(entry: ConfigurationRecord & Required<Pick<ConfigurationRecord, 'progress'>>): ConfigurationRecord {
  const { state } = entry.progress;
  if (state !== 'paused' && state !== 'aborted') return entry;
  return { ...entry, progress: { ...entry.progress, state: 'running' } };
}

function withRollout(change: (rollout: RolloutInput) => RolloutInput): (entry: Entry) => Entry {
  return (entry) => ('rollout' in entry && entry.rollout ? { ...entry, rollout: change(entry.rollout) } : entry);
}

type Phases = NonNullable<RolloutInput['phases']>;

function wider(phases: Phases): Phases {
  return phases.map((phase) => ({ ...phase, percent: (phase.percent + 100) / 2 }));
}

function withoutWaits(phases: Phases): Phases {
  return phases.map(({ percent }) => ({ percent }));
}

function withAttempts(record: DeviceRecord, change: (admission: Admission) => number): DeviceRecord {
  const { admissions } = record;
  return admissions ? { ...record, admissions: admissions.map((one) => ({ ...one, attempts: change(one) })) } : record;
}

function withRests(record: DeviceRecord): DeviceRecord {
  const { admissions } = record;
  if (!admissions?.some(({ state }) => state === 'resting')) return record;
  return { ...record, admissions: admissions.map((one) => ({ ...one, restUntil: Number.MAX_SAFE_INTEGER })) };
}

function isResting(before: DeviceRecord, after: DeviceRecord): boolean {
  const given = before.admissions?.filter(({ state }) => state === 'given').map(({ id }) => id);
  return after.admissions?.some(({ id, state }) => state === 'resting' && given?.includes(id)) === true;
}

function kept({ desired, desiredVersion, trail, configurations }: DeviceRecord, after: DeviceRecord): DeviceRecord {
  return { ...after, desired, desiredVersion, trail, configurations };
}
