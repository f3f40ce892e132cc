import type { ConfigurationInput } from '@muster/api';
import { canonicalEqual } from '@muster/twin';

/** Whether both, with their defaults in place, are the same for devices once they have them: no rollout begins. */
export function isSameContent(left: ConfigurationInput, right: ConfigurationInput): boolean {
  return (
    left.targetCondition === right.targetCondition &&
    left.priority === right.priority &&
    left.enforce === right.enforce &&
    canonicalEqual(left.desiredProperties, right.desiredProperties)
  );
}
