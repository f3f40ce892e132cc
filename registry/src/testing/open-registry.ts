import { randomBytes } from 'node:crypto';
import { MemoryStore, Registry, type RegistryParts, type Store } from '../index.js';
import { FakeClock } from './fake-clock.js';
import { LateStore } from './late-store.js';
import { ReplayingStore } from './replaying-store.js';

/**
 * Opens a registry with a `FakeClock`; any part may be replaced. Every decision is made twice. The store is in memory;
 * with `MUSTER_TEST_STORE=late` it is a `LateStore`.
 */
export function openRegistry({ store = openTestStore(), ...parts }: Partial<RegistryParts> = {}): Promise<Registry> {
  return Registry.open({
    store: new ReplayingStore(store),
    clock: new FakeClock(),
    randomBytes,
    checkCondition: () => {},
    ...parts,
  });
}

export function openTestStore(): Store {
  return process.env.MUSTER_TEST_STORE === 'late' ? new LateStore() : new MemoryStore();
}
