import { type DiskEvent, firstAcknowledgement, isSyncBoundary } from './disk-event.js';
import { SURVIVAL_KINDS, type SurvivalKind } from './survival.js';

/** A crash right before an event: what survives of the unsynced. */
export interface CrashPoint {
  /** Of the event that does not happen any more. */
  readonly index: number;
  readonly kind: SurvivalKind;
}

/**
 * At every sync boundary: right before the sync returns, each kind; after it, when nothing of it is unsynced any more.
 * Besides at random moments in between, at every moment before the first acknowledgement, when the files are being made,
 * and at the end.
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
