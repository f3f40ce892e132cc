import type { Candidates } from '../devices/candidates.js';

/** Returns the next ids in order, without a pause. */
export function pageOf(found: Candidates, after: string | undefined, limit: number): string[] {
  const ids: string[] = [];
  for (const id of found.walkInOrder(after)) if (id !== undefined && ids.push(id) === limit) break;
  return ids;
}
