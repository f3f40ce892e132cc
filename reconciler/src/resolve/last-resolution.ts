import type { DeviceRecord, Resolution } from '@muster/registry';
import type { ConfigurationLayer } from '@muster/twin';
import { isSameLayers } from './is-same-layers.js';
import { resolveDevice } from './resolve-device.js';

/**
 * `resolveDevice` that remembers its last answer: devices without a layer of their own that have the same
 * configurations should have the same, and most of a fleet comes one after the other.
 */
export class LastResolution {
  #applying: readonly ConfigurationLayer[] = [];
  #resolution: Resolution | undefined;

  of(record: DeviceRecord, applying: readonly ConfigurationLayer[]): Resolution {
    if (hasMembers(record.ownDesired)) return resolveDevice(record, applying);
    if (!this.#resolution || !isSameLayers(applying, this.#applying)) {
      this.#resolution = resolveDevice(record, applying);
      this.#applying = applying;
    }
    return this.#resolution;
  }
}

function hasMembers(document: object): boolean {
  for (const _ in document) return true;
  return false;
}
