import type { Change, Decision, DeviceEntry, Store } from '../../index.js';

/** The entry of the nth write. Store tests count with it. */
export function numberedEntry(id: string, revision: number): DeviceEntry {
  return { id, deleted: true, desiredVersion: 0, reportedVersion: 0, revision };
}

/** Adds one to the counter `id`; each of its changes holds the new number. */
export function countUp(
  id: string,
  { at = 0, changes = 1, text = '' } = {},
): (current: DeviceEntry | undefined) => Decision<'device', number> {
  return (current) => {
    const revision = (current?.revision ?? 0) + 1;
    const data = { version: revision, patch: { text }, at: new Date(at).toISOString() };
    return {
      result: revision,
      entry: numberedEntry(id, revision),
      changes: Array.from({ length: changes }, () => ({ kind: 'reported', device: id, data })),
    };
  };
}

/** Counts up and waits until the write is on disk. */
export async function countDurably(store: Store, id: string, options: Parameters<typeof countUp>[1] = {}) {
  const { result, durable } = await store.update('device', id, countUp(id, options));
  await durable;
  return result;
}

/** Returns the whole log, read in pages. */
export async function readLog(store: Store, after = 0, limit = 100): Promise<Change[]> {
  const log: Change[] = [];
  for (let cursor = after; ; ) {
    const { changes, head } = await store.changes(cursor, limit);
    log.push(...changes);
    cursor = changes.at(-1)?.sequence ?? head;
    if (cursor >= head) return log;
  }
}

export function sequencesOf(changes: readonly Change[]): number[] {
  return changes.map(({ sequence }) => sequence);
}

/** Returns the numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Waits for `count` turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((go) => setImmediate(go));
}
