import { argv } from 'node:process';
import { isTwinError } from '@muster/twin';
import { LmdbStore } from '../../index.js';
import { countUp } from './numbered-entry.js';

/** A program that writes to the given folder until the disk is full, and prints how the store behaved. */
const WRITERS = 8;
const store = LmdbStore.open(argv[2] as string);
const text = 'x'.repeat(4_000);

/** The error code that ended the writer, and its last acknowledged write. */
async function write(id: string): Promise<{ readonly id: string; readonly promised: number; readonly code: string }> {
  for (let promised = 0; ; ) {
    try {
      const { result, durable } = await store.update('device', id, countUp(id, { text }));
      await durable;
      promised = result;
    } catch (error) {
      return { id, promised, code: isTwinError(error) ? error.code : String(error) };
    }
  }
}

const writers = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(`d${writer}`)));
const again = await write('d0');
const entries = await store.scan('device', '', 100);
const { head } = await store.changes(0, 1);
await store.close();
process.stdout.write(JSON.stringify({ writers, again, entries, head }));
