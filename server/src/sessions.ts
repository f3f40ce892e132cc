import { createRequire } from 'node:module';
import type { BrokerParts } from '@muster/broker';
import { ClassicLevel } from 'classic-level';

type Persistence = NonNullable<BrokerParts['persistence']>;

/** Where ordinary MQTT sessions are kept. Twin traffic never touches it. */
export interface Sessions {
  readonly persistence: Persistence;
  close(): Promise<void>;
}

// A CommonJS package without types: what it makes is described by the broker, which asks for it.
const persistenceOn = createRequire(import.meta.url)('aedes-persistence-level') as (level: object) => Persistence;

/** LevelDB locks its folder as well: a second guard against two servers on one directory. */
export async function openSessions(folder: string): Promise<Sessions> {
  const level = new ClassicLevel<string, Buffer>(folder, { valueEncoding: 'buffer' });
  await level.open();
  return { persistence: persistenceOn(level), close: () => level.close() };
}
