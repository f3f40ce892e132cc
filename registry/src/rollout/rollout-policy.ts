import { parseRollout, type RolloutInput } from '@muster/api';
import type { JsonObject, RolloutPolicy } from '@muster/twin';

/** Parses the rollout of a configuration. Throws `malformed` or `bad-request` if it is not valid. */
export function rolloutPolicy(rollout: RolloutInput | JsonObject | undefined): RolloutPolicy | undefined {
  return rollout === undefined ? undefined : parseRollout(rollout as JsonObject, '/rollout');
}
