import type { Actor } from '@muster/registry';

/** Acts in every command of the simulation. */
export const OPERATOR: Actor = { kind: 'operator', id: 'operator' };
