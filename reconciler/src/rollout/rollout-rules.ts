import type { RolloutRules } from '@muster/registry';
import { actOnRollout } from './act-on-rollout.js';
import { putRollout } from './put-rollout.js';

/** What the registry is given to decide with. */
export const rolloutRules: RolloutRules = { put: putRollout, act: actOnRollout };
