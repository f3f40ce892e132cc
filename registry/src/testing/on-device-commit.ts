import type { Cancel } from '@muster/twin';
import type { DeviceEntry } from '../record/device-record.js';
import type { Registry } from '../registry.js';

/** Calls back with every device entry that reaches the disk. */
export function onDeviceCommit(
  registry: Registry,
  listener: (before: DeviceEntry | undefined, after: DeviceEntry) => void,
): Cancel {
  return registry.onCommit((entries) => {
    for (const entry of entries) if (entry.kind === 'device') listener(entry.before, entry.after);
  });
}
