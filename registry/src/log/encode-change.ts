import { LastText } from '@muster/twin';
import type { Change } from './change.js';

/** Encodes changes as JSON, equal to that of JSON.stringify. A value that consecutive changes share is encoded once. */
export class ChangeEncoder {
  readonly #patches = new LastText();
  readonly #configurations = new LastText();
  readonly #actors = new LastText();

  /**
   * Builds the texts of the most frequent kinds itself: their ids, times and numbers need no escaping, because ids are
   * checked at registration.
   */
  encode(change: Change): string {
    switch (change.kind) {
      case 'reported': {
        const { version, patch, at } = change.data;
        const data = `{"version":${version},"patch":${JSON.stringify(patch)},"at":"${at}"}`;
        return `{"kind":"reported","device":"${change.device}","data":${data},"sequence":${change.sequence}${this.#actor(change)}}`;
      }
      case 'desired': {
        const { version, patch, at } = change.data;
        const configurations = this.#configurations.of(change.data.configurations);
        const rest = `"patch":${this.#patches.of(patch)},"at":"${at}","configurations":${configurations}`;
        return `{"kind":"desired","device":"${change.device}","data":{"version":${version},${rest}},"sequence":${change.sequence}${this.#actor(change)}}`;
      }
      case 'acknowledged':
      case 'presence':
      case 'device':
      case 'configuration':
        return JSON.stringify(change);
    }
  }

  #actor({ actor }: Change): string {
    return actor === undefined ? '' : `,"actor":${this.#actors.of(actor)}`;
  }
}
