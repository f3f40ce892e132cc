import { parseRollout, type RolloutInput } from '@muster/api';
import type { JsonObject, RolloutPolicy } from '@muster/twin';

/** The rollout of a configuration in numbers. Throws `malformed` and `bad-request` for what is none. */
export function rolloutPolicy(rollout: RolloutInput | JsonObject | undefined): RolloutPolicy | undefined {
  return rollout === undefined ? undefined : parseRollout(rollout as JsonObject, '/rollout');
}
