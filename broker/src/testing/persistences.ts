import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { onTestFinished } from 'vitest';
import { memoryPersistence } from '../edge/sessions/memory-persistence.js';
import type { AedesPersistence, StoredPacket } from '../edge/sessions/persistence-port.js';

const persistenceOn: (level: ClassicLevel) => AedesPersistence = createRequire(import.meta.url)(
  'aedes-persistence-level',
);

/** Makes an empty folder, which is removed when the test has finished. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-edge-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function levelPersistence(folder = newFolder()): AedesPersistence {
  return persistenceOn(new ClassicLevel(folder));
}

/** The persistences that tests of sessions run on: a name, and a function that returns an empty one. */
export const PERSISTENCES = [
  ['memory', memoryPersistence],
  ['level', () => levelPersistence()],
] as const satisfies readonly [string, () => AedesPersistence][];

/** Returns a stored message. */
export function storedPacket(topic: string, changes: Partial<StoredPacket> = {}): StoredPacket {
  return {
    cmd: 'publish',
    brokerId: 'b',
    brokerCounter: 1,
    topic,
    payload: Buffer.from(topic),
    qos: 1,
    retain: false,
    dup: false,
    ...changes,
  };
}

export async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
