import type { DeviceView } from '@muster/api';
import { type Json, type JsonObject, parsePathList, valueAt } from '@muster/twin';
import type { Column } from '../text/table.js';
import { valueText } from '../text/value-text.js';

export const DEVICE_COLUMNS: readonly Column<DeviceView>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'CONNECTED', text: ({ connected, enabled }) => (enabled ? yesOrNo(connected) : 'disabled') },
  { title: 'STATE', text: syncState },
  { title: 'DESIRED', text: ({ desiredVersion }) => `v${desiredVersion}` },
  { title: 'REPORTED', text: ({ reportedVersion }) => `v${reportedVersion}` },
  { title: 'LAST SEEN', text: ({ lastSeenAt }) => lastSeenAt ?? '' },
  { title: 'TAGS', text: ({ tags }) => tagsText(tags) },
];

/** Returns a column for each selected path. */
export function selectedColumns(select: string): readonly Column<DeviceView>[] {
  return parsePathList(select).map((path) => ({
    title: path.join('.').toUpperCase(),
    text: (device) => valueText(valueAt(device as unknown as JsonObject, path)),
  }));
}

/** Whether the device has the newest version of its desired document. */
export function syncState({ problem, acknowledged, desiredVersion }: DeviceView): string {
  if (problem) return `problem: ${problem.code}`;
  if (desiredVersion === 0) return 'in sync';
  if (acknowledged?.version !== desiredVersion) return 'pending';
  return acknowledged.status === 'applied' ? 'in sync' : 'failed';
}

function tagsText(tags: JsonObject): string {
  return Object.entries(tags)
    .map(([name, value]: [string, Json]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
