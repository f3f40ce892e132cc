import type { DeviceRecord, Resolution } from '@muster/registry';
import type { ConfigurationLayer } from '@muster/twin';
import { isSameLayers } from './is-same-layers.js';
import { resolveDevice } from './resolve-device.js';

/**
 * `resolveDevice` with a cache of one result: consecutive devices mostly have the same configurations and no layer of
 * their own, and then they get the same document.
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
