import type { JsonObject } from '@muster/twin';
import type { Vitals } from './vitals.js';

/** The reported document of a device: the applied properties and its measurements. */
export function reportedDocument(firmware: string, applied: JsonObject, { battery, temperature }: Vitals): JsonObject {
  return { firmware, ...applied, battery, temperature };
}
