import { type DiskEvent, firstAcknowledgement, isSyncBoundary } from './disk-event.js';
import { SURVIVAL_KINDS, type SurvivalKind } from './survival.js';

/** A crash right before an event, and how much of the unsynced data survives. */
export interface CrashPoint {
  /** Index of the first event that does not happen. */
  readonly index: number;
  readonly kind: SurvivalKind;
}

/**
 * Returns crashes at every sync boundary: of each kind right before the sync returns, and one after it. In addition, at
 * random moments in between, at every moment before the first acknowledgement, and at the end.
 */
export function crashPoints(events: readonly DiskEvent[], random: () => number): CrashPoint[] {
  const started = firstAcknowledgement(events);
  const points = events.flatMap((event, index): CrashPoint[] => {
    const each = SURVIVAL_KINDS.map((kind) => ({ index, kind }));
    if (isSyncBoundary(event)) return [...each, { index: index + 1, kind: 'none' }];
    if (index < started) return each;
    const kind = SURVIVAL_KINDS[Math.floor(random() * SURVIVAL_KINDS.length)] ?? 'none';
    return event.type !== 'mark' && random() < 0.1 ? [{ index, kind }] : [];
  });
  return [...points, { index: events.length, kind: 'none' as const }].toSorted(
    (left, right) => left.index - right.index,
  );
}
