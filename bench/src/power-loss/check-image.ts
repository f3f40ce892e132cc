import { argv } from 'node:process';
import { type EntryKind, LmdbStore, type Store } from '@muster/registry';
import { checkStore, type StoreContent } from './check-store.js';
import type { Promised } from './mark.js';
import { planLoad } from './plan-load.js';

/** A program: SEED BURSTS. Opens each image that it is sent with the store, and answers with the faults. */
const ENTRIES_MAX = 1_000;
const CHANGES_MAX = 1_000_000;
/** Planned writes in each of two transactions after an image has been opened. */
const LATER_WRITES = 8;
/** Extends the plan beyond the last write of the load. */
const LATER_BURSTS = 2 * LATER_WRITES;

export interface ImageQuestion {
  readonly folder: string;
  readonly promised: Promised;
}

export interface ImageAnswer {
  readonly faults: readonly string[];
}

const planned = planLoad(Number(argv[2]), Number(argv[3]) + LATER_BURSTS).flatMap(({ writes }) => writes);

process.on('message', async ({ folder, promised }: ImageQuestion) => {
  const faults = await faultsOf(folder, promised).catch((error: Error) => [error.message]);
  const answer: ImageAnswer = { faults };
  process.send?.(answer);
});

async function faultsOf(folder: string, promised: Promised): Promise<readonly string[]> {
  const store = openAfterPowerLoss(folder);
  const content = await contentOf(store);
  const verdict = checkStore(content, planned, promised);
  if ('faults' in verdict) {
    await store.close();
    return verdict.faults;
  }
  const count = verdict.count + 2 * LATER_WRITES;
  await writePlanned(store, verdict.count, verdict.count + LATER_WRITES);
  await writePlanned(store, verdict.count + LATER_WRITES, count);
  await store.close();
  return faultsAfterWriting(folder, content.head, { ...promised, sent: count, acknowledged: count });
}

/**
 * LMDB records the boot of the machine in its file. Here the boot is the same, so with overlapping sync it would trust
 * pages that were never flushed. After a power loss it would not; this option makes it behave so.
 */
function openAfterPowerLoss(folder: string): LmdbStore {
  process.env.LMDB_RESTORE = 'safe';
  try {
    return LmdbStore.open(folder);
  } finally {
    delete process.env.LMDB_RESTORE;
  }
}

/** Writes and trims, because an image with the right content may be broken inside: its free pages may be in use. */
async function faultsAfterWriting(folder: string, head: number, promised: Promised): Promise<string[]> {
  const store = LmdbStore.open(folder);
  const verdict = checkStore(await contentOf(store), planned, promised);
  await store.trim({ olderThan: 0, bytesMax: 0 });
  const { oldest } = await store.changes(0, 1);
  await store.close();
  const faults = 'faults' in verdict ? verdict.faults.map((fault) => `after writing and reopening: ${fault}`) : [];
  return oldest > head ? faults : [...faults, `trimmed as far as can be, the log begins with ${oldest}`];
}

async function writePlanned(store: Store, start: number, end: number): Promise<void> {
  const committed = planned.slice(start, end).map(async ({ kind, id, entry, changes }) => {
    const { durable } = await store.update(kind, id, () => ({ result: undefined, entry, changes: changes() }));
    await durable;
  });
  await Promise.all(committed);
}

async function contentOf(store: Store): Promise<StoreContent> {
  const entriesOf = async (kind: EntryKind) =>
    (await store.scan(kind, '', ENTRIES_MAX)).map((entry) => ({ kind, entry }));
  const { changes, oldest, head } = await store.changes(0, CHANGES_MAX);
  return {
    entries: [...(await entriesOf('device')), ...(await entriesOf('configuration'))],
    log: changes,
    oldest,
    head,
  };
}
