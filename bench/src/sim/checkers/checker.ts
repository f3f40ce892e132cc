import type { Observer } from '../observation/observer.js';
import type { World } from '../world/world.js';

/**
 * One invariant, or a family of them. It hears what passes the ports, and is asked at moments of rest; what it finds
 * it tells by `world.fail`. A checker knows no scenario, and a scenario no checker.
 */
export type Checker = Observer<World>;

export type MakeChecker = () => Checker;
