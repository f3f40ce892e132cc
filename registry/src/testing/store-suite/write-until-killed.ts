import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { LmdbStore } from '../../index.js';
import { countUp } from './numbered-entry.js';

/** A program that counts up in the given folder until it is killed, and prints each number once it is on disk. */
const WRITERS = 24;
const store = LmdbStore.open(argv[2] as string);

async function write(id: string): Promise<never> {
  for (;;) {
    const { result, durable } = await store.update('device', id, countUp(id));
    await durable;
    writeSync(1, `${id} ${result}\n`);
  }
}

for (let writer = 0; writer < WRITERS; writer += 1) write(`d${writer % 16}`);
