import { documentBytes, type JsonObject } from '@muster/twin';
import { PATCH_BYTES_MAX } from './check-report.js';
import { composePatch } from './compose-patch.js';

/** Patches that cannot be composed wait separately, at most this many. */
export const REPORTS_WAITING_MAX = 100;

/** `tickets` name the calls that wait for this report; `isSent` means it was published, on any connection. */
export interface QueuedReport {
  readonly id: string;
  readonly patch: JsonObject;
  readonly tickets: readonly number[];
  readonly isSent: boolean;
}

/** Returns the queue with the report at its end, composed into the last one if possible; undefined if full. */
export function enqueue(queue: readonly QueuedReport[], report: QueuedReport): readonly QueuedReport[] | undefined {
  const last = queue.at(-1);
  const composed = last === undefined || last.isSent ? undefined : composePatch(last.patch, report.patch);
  if (last !== undefined && composed !== undefined && documentBytes(composed) <= PATCH_BYTES_MAX) {
    return [...queue.slice(0, -1), { ...last, patch: composed, tickets: [...last.tickets, ...report.tickets] }];
  }
  return queue.length < REPORTS_WAITING_MAX ? [...queue, report] : undefined;
}
