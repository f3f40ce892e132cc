import type { Observer } from '../observation/observer.js';
import type { World } from '../world/world.js';

/**
 * One invariant, or a family of them. It gets every observation, is called at moments of rest, and reports a violation
 * by `world.fail`. A checker knows no scenario, and a scenario no checker.
 */
export type Checker = Observer<World>;

export type MakeChecker = () => Checker;
