import type { JsonObject } from '@muster/twin';
import type { Vitals } from './vitals.js';

/** What a device says of itself: everything it applied, under the same names, and what it measures. */
export function reportedDocument(firmware: string, applied: JsonObject, { battery, temperature }: Vitals): JsonObject {
  return { firmware, ...applied, battery, temperature };
}
