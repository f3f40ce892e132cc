import { documentBytes, type JsonObject } from '@muster/twin';
import { PATCH_BYTES_MAX } from './check-report.js';
import { composePatch } from './compose-patch.js';

/** Patches that could not be composed into one another wait one by one, and only so many. */
export const REPORTS_WAITING_MAX = 100;

/** `tickets` name the calls that wait for this report; `isSent` once it was published, on whatever connection. */
export interface QueuedReport {
  readonly id: string;
  readonly patch: JsonObject;
  readonly tickets: readonly number[];
  readonly isSent: boolean;
}

/** The queue with the report at its end, composed into the last one where that is possible; undefined if full. */
export function enqueue(queue: readonly QueuedReport[], report: QueuedReport): readonly QueuedReport[] | undefined {
  const last = queue.at(-1);
  const composed = last === undefined || last.isSent ? undefined : composePatch(last.patch, report.patch);
  if (last !== undefined && composed !== undefined && documentBytes(composed) <= PATCH_BYTES_MAX) {
    return [...queue.slice(0, -1), { ...last, patch: composed, tickets: [...last.tickets, ...report.tickets] }];
  }
  return queue.length < REPORTS_WAITING_MAX ? [...queue, report] : undefined;
}
