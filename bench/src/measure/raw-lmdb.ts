import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { processorSeconds } from './process-figures.js';

/** Records of one transaction: the batch size of the server. */
const RECORDS_PER_BATCH = 512;
const BATCHES_READ_AHEAD = 16;

const OPTIONS = { encoding: 'string', overlappingSync: false, eventTurnBatching: false, txnStartThreshold: 1 } as const;

/** The store of a stopped server, opened as the server does (registry/src/store/lmdb-store.ts). */
class RawStore {
  readonly root: RootDatabase<string, string>;
  readonly devices: Database<string, string>;
  readonly log: Database<string, number>;
  readonly meta: Database<string, string>;

  constructor(dataDir: string) {
    const options = { ...OPTIONS, noSubdir: false, maxDbs: 8 } as const;
    this.root = open({ path: join(dataDir, 'twins'), ...options });
    this.devices = this.root.openDB({ name: 'devices', encoding: 'string' });
    this.log = this.root.openDB<string, number>({ name: 'log', encoding: 'string' });
    this.meta = this.root.openDB({ name: 'meta', encoding: 'string' });
  }

  newestLogKey(): number {
    const [key = 0] = [...this.log.getKeys({ reverse: true, limit: 1 })];
    return key;
  }
}

interface Row<Key> {
  readonly key: Key;
  readonly value: string;
}

/** `logRows` counts the rows of the change log, each of at most 256 changes. */
export interface RawWrite {
  readonly records: number;
  readonly logRows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly processorSeconds: number;
}

/**
 * Repeats, with LMDB alone, the writes that the server made to `written` since `before` was copied: the same texts under
 * the same keys, one transaction at a time, into `before`. Reading them is not timed.
 */
export async function rawWrite(before: string, written: string): Promise<RawWrite> {
  const [source, target] = [new RawStore(written), new RawStore(before)];
  const segments = [...source.log.getRange({ start: target.newestLogKey() + 1 })];
  const segmentsPerBatch = (segments.length * RECORDS_PER_BATCH) / source.devices.getCount();
  const total = { records: 0, logRows: 0, bytes: 0, seconds: 0, processorSeconds: 0 };
  let batches = 0;
  for (const chunk of chunks(source.devices, RECORDS_PER_BATCH * BATCHES_READ_AHEAD)) {
    const [startedAt, processorBefore] = [performance.now(), processorSeconds(process.pid)];
    for (let at = 0; at < chunk.length; at += RECORDS_PER_BATCH) {
      batches += 1;
      const log = segments.slice(total.logRows, Math.ceil(batches * segmentsPerBatch));
      await write(target, chunk.slice(at, at + RECORDS_PER_BATCH), log);
      total.logRows += log.length;
    }
    total.seconds += (performance.now() - startedAt) / 1_000;
    total.processorSeconds += processorSeconds(process.pid) - processorBefore;
    total.records += chunk.length;
    total.bytes += chunk.reduce((sum, { value }) => sum + value.length, 0);
  }
  await Promise.all([source.root.close(), target.root.close()]);
  return total;
}

/** Also writes the byte count that the server keeps with its log. */
async function write(target: RawStore, records: readonly Row<string>[], log: readonly Row<number>[]): Promise<void> {
  await target.root.batch(() => {
    for (const { key, value } of records) target.devices.put(key, value);
    for (const { key, value } of log) target.log.put(key, value);
    target.meta.put('log-bytes', String(log.length));
  });
}

/** Each chunk is a read of its own, because no read transaction outlives a commit. */
function* chunks(rows: Database<string, string>, size: number): Generator<Row<string>[]> {
  let start = '';
  for (;;) {
    const chunk = [...rows.getRange({ start, limit: size })];
    if (chunk.length === 0) return;
    yield chunk;
    start = `${chunk.at(-1)?.key}\u0000`;
  }
}
