import type { ConfigurationInput } from './api.js';
import { canonicalEqual } from './json.js';

type Content = Pick<ConfigurationInput, 'targetCondition' | 'desiredProperties' | 'priority' | 'enforce'>;

/** Whether two configurations, with defaults in place, have the same condition and the same layer. */
export function isSameContent(left: Content, right: Content): boolean {
  return left.targetCondition === right.targetCondition && isSameLayer(left, right);
}

/** Whether two configurations, with defaults in place, are the same layer for devices that match both. */
export function isSameLayer(left: Content, right: Content): boolean {
  return (
    left.priority === right.priority &&
    left.enforce === right.enforce &&
    canonicalEqual(left.desiredProperties, right.desiredProperties)
  );
}
