import aedesPersistence from 'aedes-persistence';
import type { AedesPersistence } from './persistence-port.js';

/** Sessions that end with the process. */
export const memoryPersistence = aedesPersistence as unknown as () => AedesPersistence;
