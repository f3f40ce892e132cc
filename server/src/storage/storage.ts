import type { BrokerParts } from '@muster/broker';
import { LmdbStore, MemoryStore, type Store } from '@muster/registry';
import type { Config } from '../settings/config.js';
import { DataDirectory, type ServerAddresses } from './data-directory.js';

/** Everything that the server keeps: on the disk, or in memory. */
export interface Storage {
  readonly store: Store;
  readonly token: string;
  /** Ordinary MQTT sessions; absent if they are kept in memory. */
  readonly persistence?: NonNullable<BrokerParts['persistence']>;
  /** Tells clients on this machine where the server is. */
  announce(addresses: ServerAddresses): Promise<void>;
  close(): Promise<void>;
}

type StorageConfig = Pick<Config, 'store' | 'adminToken' | 'dataDirectory'>;

/** The memory store with a given token leaves no trace on the disk. */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  const { store, adminToken, dataDirectory } = config;
  if (store === 'memory' && adminToken !== undefined) {
    return { store: new MemoryStore(), token: adminToken, announce: async () => {}, close: async () => {} };
  }
  const directory = await DataDirectory.open(dataDirectory);
  try {
    return await openIn(directory, config);
  } catch (error) {
    await directory.close();
    throw error;
  }
}

async function openIn(directory: DataDirectory, { store: kind, adminToken }: StorageConfig): Promise<Storage> {
  const token = adminToken ?? (await directory.adminToken());
  const store = kind === 'memory' ? new MemoryStore() : LmdbStore.open(directory.twins);
  return {
    store,
    token,
    ...(kind === 'memory' ? {} : { persistence: directory.sessions.persistence }),
    announce: (addresses) => directory.announce(addresses),
    close: async () => {
      await store.close();
      await directory.close();
    },
  };
}
