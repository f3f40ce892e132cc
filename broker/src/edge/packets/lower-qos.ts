import type { Qos } from '../edge-client.js';

export function lowerQos(left: Qos, right: Qos): Qos {
  return left < right ? left : right;
}
