import type { BrokerParts } from '@muster/broker';
import persistenceOn from 'aedes-persistence-level';
import { ClassicLevel } from 'classic-level';

/** Where ordinary MQTT sessions are kept. Twin traffic never touches it. */
export interface Sessions {
  readonly persistence: NonNullable<BrokerParts['persistence']>;
  close(): Promise<void>;
}

/** LevelDB locks its folder as well: a second guard against two servers on one directory. */
export async function openSessions(folder: string): Promise<Sessions> {
  const level = new ClassicLevel<string, Buffer>(folder, { valueEncoding: 'buffer' });
  await level.open();
  return { persistence: persistenceOn(level), close: () => level.close() };
}
