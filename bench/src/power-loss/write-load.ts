import { openSync, writeSync } from 'node:fs';
import { argv } from 'node:process';
import { LmdbStore } from '@muster/registry';
import type { Mark } from './mark.js';
import { type PlannedWrite, planLoad } from './plan-load.js';

/** A program: FOLDER MARKS SEED BURSTS. Writes the plan of the seed, and marks what is sent and what is acknowledged. */
const [, , folder = '', marks = '', seed = '', bursts = ''] = argv;
const file = openSync(marks, 'w');

function mark(one: Mark): void {
  writeSync(file, `${JSON.stringify(one)}\n`);
}

/** The writes of one kind and id come in their order: what the store decides over is what the plan says. */
async function put(store: LmdbStore, write: PlannedWrite, place: number): Promise<void> {
  const { kind, id, entry } = write;
  const { durable } = await store.update(kind, id, () => ({ result: place, entry, changes: write.changes() }));
  await durable;
  mark({ type: 'acknowledged', writes: place + 1 });
}

/** One after the other: the log is told to begin where a trim will leave it before that is on disk. */
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
  // Some turns, so that the next burst meets a transaction that is on its way to disk.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((go) => setImmediate(go));
  if (isAwaited) await Promise.all([...inFlight, trimming]);
}
await Promise.all([...inFlight, trimming]);
await store.close();
