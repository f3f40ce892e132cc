import { canonicalEqual } from '@muster/twin';
import type { ConfigurationContent } from './configuration-record.js';

/** Whether it is the same for everybody. */
export function isSameContent(left: ConfigurationContent, right: ConfigurationContent): boolean {
  return left.targetCondition === right.targetCondition && isSameLayer(left, right);
}

/** Whether it is the same for the devices that match. */
export function isSameLayer(left: ConfigurationContent, right: ConfigurationContent): boolean {
  return (
    left.priority === right.priority &&
    left.enforce === right.enforce &&
    canonicalEqual(left.desiredProperties, right.desiredProperties)
  );
}
