import { openSync, writeSync } from 'node:fs';
import { argv } from 'node:process';
import { LmdbStore } from '@muster/registry';
import type { Mark } from './mark.js';
import { type PlannedWrite, planLoad } from './plan-load.js';

/** A program: FOLDER MARKS SEED BURSTS. Writes the plan of the seed, and marks sent and acknowledged writes. */
const [, , folder = '', marks = '', seed = '', bursts = ''] = argv;
const file = openSync(marks, 'w');

function mark(one: Mark): void {
  writeSync(file, `${JSON.stringify(one)}\n`);
}

/** Writes of one kind and id stay in order, so that the store decides over the entry that the plan expects. */
async function put(store: LmdbStore, write: PlannedWrite, place: number): Promise<void> {
  const { kind, id, entry } = write;
  const { durable } = await store.update(kind, id, () => ({ result: place, entry, changes: write.changes() }));
  await durable;
  mark({ type: 'acknowledged', writes: place + 1 });
}

/** One trim at a time: the store reports the new beginning of the log before the trim is on disk. */
async function trim(store: LmdbStore, olderThan: number): Promise<void> {
  mark({ type: 'trim-began', olderThan });
  await store.trim({ olderThan, bytesMax: Number.MAX_SAFE_INTEGER });
  mark({ type: 'trimmed', oldest: (await store.changes(0, 1)).oldest });
}

const store = LmdbStore.open(folder);
const inFlight: Promise<void>[] = [];
let trimming = Promise.resolve();
let sent = 0;
for (const { writes, isAwaited, trimOlderThan } of planLoad(Number(seed), Number(bursts))) {
  mark({ type: 'sent', writes: sent + writes.length });
  for (const [index, write] of writes.entries()) inFlight.push(put(store, write, sent + index));
  sent += writes.length;
  if (trimOlderThan !== undefined) trimming = trimming.then(() => trim(store, trimOlderThan));
  // Some turns, so that the next burst meets a transaction in flight.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((go) => setImmediate(go));
  if (isAwaited) await Promise.all([...inFlight, trimming]);
}
await Promise.all([...inFlight, trimming]);
await store.close();
