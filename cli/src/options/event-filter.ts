import type { FeedEvent } from '@muster/api';

export const EVENT_KINDS = ['desired', 'reported', 'acknowledged', 'presence', 'device', 'configuration'] as const;

export interface EventFilter {
  /** Ids of devices; absent: all devices, and configurations. */
  readonly device?: readonly string[];
  /** Absent: all kinds. */
  readonly kind?: readonly string[];
}

/** Whether the event passes the filter. A gap always does: the missing events may have matched. */
export function isWanted(event: FeedEvent, { device, kind }: EventFilter): boolean {
  if (event.event === 'gap') return true;
  if (kind !== undefined && !kind.includes(event.event)) return false;
  return device === undefined || ('device' in event.data && device.includes(event.data.device));
}
