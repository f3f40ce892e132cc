import { LastText } from '@muster/twin';
import type { Change } from './change.js';

/** Changes as JSON texts, the same values that JSON.stringify would write. What several share is written out once. */
export class ChangeEncoder {
  readonly #patches = new LastText();
  readonly #configurations = new LastText();

  /**
   * The kinds that come by tens of thousands a second are put together here: their ids, times and numbers need no
   * escaping (an id is checked when it is registered).
   */
  encode(change: Change): string {
    switch (change.kind) {
      case 'reported': {
        const { version, patch, at } = change.data;
        const data = `{"version":${version},"patch":${JSON.stringify(patch)},"at":"${at}"}`;
        return `{"kind":"reported","device":"${change.device}","data":${data},"sequence":${change.sequence}}`;
      }
      case 'desired': {
        const { version, patch, at } = change.data;
        const configurations = this.#configurations.of(change.data.configurations);
        const rest = `"patch":${this.#patches.of(patch)},"at":"${at}","configurations":${configurations}`;
        return `{"kind":"desired","device":"${change.device}","data":{"version":${version},${rest}},"sequence":${change.sequence}}`;
      }
      case 'acknowledged':
      case 'presence':
      case 'device':
      case 'configuration':
        return JSON.stringify(change);
    }
  }
}
