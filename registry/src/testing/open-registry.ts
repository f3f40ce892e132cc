import { randomBytes } from 'node:crypto';
import { MemoryStore, Registry, type RegistryParts } from '../index.js';
import { FakeClock } from './fake-clock.js';

/** A registry on the memory store with a clock that stands still; any part may be replaced. */
export function openRegistry(parts: Partial<RegistryParts> = {}): Promise<Registry> {
  return Registry.open({
    store: new MemoryStore(),
    clock: new FakeClock(),
    randomBytes,
    checkCondition: () => {},
    ...parts,
  });
}
