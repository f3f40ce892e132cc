import type { FeedEvent } from '@muster/api';

export const EVENT_KINDS = ['desired', 'reported', 'acknowledged', 'presence', 'device', 'configuration'] as const;

export interface EventFilter {
  /** Ids; absent: every device, and configurations too. */
  readonly device?: readonly string[];
  /** Absent: every kind. */
  readonly kind?: readonly string[];
}

/** A gap concerns everybody: events that were wanted may be among those that are missing. */
export function isWanted(event: FeedEvent, { device, kind }: EventFilter): boolean {
  if (event.event === 'gap') return true;
  if (kind !== undefined && !kind.includes(event.event)) return false;
  return device === undefined || ('device' in event.data && device.includes(event.data.device));
}
