import type { Actor } from '../record/actor.js';

/** Acts in tests where it does not matter who does. */
export const OPERATOR: Actor = { kind: 'operator', id: 'operator' };
