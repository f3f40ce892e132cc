import { timeText } from '../log/time-text.js';
import { amended, type DeviceEntry, isLive } from '../record/device-record.js';
import type { Decision } from '../store/store.js';

/** Marks a device as connected or not. Does nothing for a device that is deleted or marked already. */
export function setPresence(
  current: DeviceEntry | undefined,
  id: string,
  { connected, reason, now }: { connected: boolean; reason?: string; now: number },
): Decision<'device', void> {
  if (!isLive(current) || current.connected === connected) return { result: undefined };
  const data = { connected, at: timeText(now), ...(reason === undefined ? {} : { reason }) };
  return {
    result: undefined,
    entry: amended(current, { connected, lastSeenAt: now }),
    changes: [{ kind: 'presence', device: id, data }],
  };
}
