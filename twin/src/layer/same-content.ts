import { canonicalEqual, type JsonObject } from '../json/json.js';

/** The parts of a configuration that decide which devices get it, and what they get. */
interface Content {
  readonly targetCondition: string;
  readonly desiredProperties: JsonObject;
  readonly priority?: number;
  readonly enforce?: boolean;
}

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
