import type { DeviceView } from '@muster/api';
import { timeText } from '../log/time-text.js';
import { type ConfigurationAssignment, type DeviceRecord, standingOf } from '../record/device-record.js';

/** Returns the generation to show for an assigned one: the current generation if only the condition changed since. */
export type GenerationOf = (configuration: ConfigurationAssignment) => number;

/** Returns a twin as the API shows it, without its credential. */
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
