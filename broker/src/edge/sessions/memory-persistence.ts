import aedesPersistence from 'aedes-persistence';
import type { AedesPersistence } from './persistence-port.js';

/** Returns an empty persistence, whose sessions end with the process. */
export const memoryPersistence = aedesPersistence as unknown as () => AedesPersistence;
