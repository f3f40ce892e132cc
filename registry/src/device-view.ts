import type { DeviceView } from '@muster/api';
import { type AppliedConfiguration, type DeviceRecord, standingOf } from './device-record.js';
import { timeText } from './time-text.js';

/** The generation to show for what a device has: the current one, where only the condition was edited since. */
export type GenerationOf = (configuration: AppliedConfiguration) => number;

/** A twin as the API returns it; secrets never leave. */
export function deviceView(
  record: DeviceRecord,
  generationOf: GenerationOf = ({ generation }) => generation,
): DeviceView {
  const { acknowledged, problem, lastSeenAt } = record;
  return {
    id: record.id,
    name: nameOf(record),
    enabled: record.enabled,
    tags: record.tags,
    desired: record.desired,
    desiredVersion: record.desiredVersion,
    ownDesired: record.ownDesired,
    reported: record.reported,
    reportedVersion: record.reportedVersion,
    ...(acknowledged ? { acknowledged: { ...acknowledged, at: time(acknowledged.at) } } : {}),
    configurations: record.configurations.map((one) => ({
      id: one.id,
      generation: generationOf(one),
      status: standingOf(record, one),
    })),
    ...(problem ? { problem } : {}),
    connected: record.connected,
    ...(lastSeenAt === undefined ? {} : { lastSeenAt: time(lastSeenAt) }),
    createdAt: time(record.createdAt),
  };
}

export function nameOf({ id, name }: Pick<DeviceRecord, 'id' | 'name'>): string {
  return name ?? id;
}

function time(milliseconds: number): string {
  return timeText(milliseconds);
}
