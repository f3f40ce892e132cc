import type { RolloutRules } from '@muster/registry';
import { actOnRollout } from './act-on-rollout.js';
import { putRollout } from './put-rollout.js';

/** The rules that the registry decides with. */
export const rolloutRules: RolloutRules = { put: putRollout, act: actOnRollout };
