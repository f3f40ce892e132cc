import { createRequire } from 'node:module';
import type { BrokerParts } from '@muster/broker';
import { ClassicLevel } from 'classic-level';

type Persistence = NonNullable<BrokerParts['persistence']>;

/** The LevelDB of ordinary MQTT sessions. Twin traffic never touches it. */
export interface SessionDatabase {
  readonly persistence: Persistence;
  close(): Promise<void>;
}

// A CommonJS package without types. The broker, which takes the result, describes it.
const persistenceOn = createRequire(import.meta.url)('aedes-persistence-level') as (level: object) => Persistence;

/**
 * Opens the database; undefined if another server has it open. LevelDB holds a lock on its `LOCK` file as long as it
 * is open, and the system releases that lock when the process ends, however it ends.
 */
export async function openSessionDatabase(folder: string): Promise<SessionDatabase | undefined> {
  const level = new ClassicLevel<string, Buffer>(folder, { valueEncoding: 'buffer' });
  try {
    await level.open();
  } catch (error) {
    const { cause = error } = error as { readonly cause?: unknown };
    if ((cause as { readonly code?: unknown }).code === 'LEVEL_LOCKED') return undefined;
    throw new Error(`cannot open ${folder}: ${(cause as Error).message}`, { cause });
  }
  return { persistence: persistenceOn(level), close: () => level.close() };
}
