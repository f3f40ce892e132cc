import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { LmdbStore } from '../../index.js';
import { countDurably } from './numbered-entry.js';

/**
 * A program that measures durable writes a second. Each of the given number of writers waits for its write before the
 * next.
 */
const SECONDS = 4;
const writers = Number(argv[2] ?? 100);
const folder = mkdtempSync(join(argv[3] ?? tmpdir(), 'measure-writes-'));
const store = LmdbStore.open(folder);
const text = 'x'.repeat(200);
let written = 0;

async function write(id: string, end: number): Promise<void> {
  while (performance.now() < end) {
    await countDurably(store, id, { text });
    written += 1;
  }
}

const end = performance.now() + SECONDS * 1_000;
await Promise.all(Array.from({ length: writers }, (_, writer) => write(`d${writer}`, end)));
await store.close();
rmSync(folder, { recursive: true });
process.stdout.write(`${writers} writers: ${Math.round(written / SECONDS)} durable writes a second\n`);
