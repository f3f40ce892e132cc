import type { Change } from '../change.js';

/**
 * A change as JSON text, the same value that JSON.stringify would write. The kinds that come by tens of thousands a
 * second are put together here: their ids, times and numbers need no escaping (an id is checked when it is
 * registered), which leaves only the patch to be written out.
 */
export function encodeChange(change: Change): string {
  switch (change.kind) {
    case 'reported': {
      const { version, patch, at } = change.data;
      const data = `{"version":${version},"patch":${JSON.stringify(patch)},"at":"${at}"}`;
      return `{"kind":"reported","device":"${change.device}","data":${data},"sequence":${change.sequence}}`;
    }
    case 'desired': {
      const { version, patch, at, configurations } = change.data;
      const rest = `"patch":${JSON.stringify(patch)},"at":"${at}","configurations":${JSON.stringify(configurations)}`;
      return `{"kind":"desired","device":"${change.device}","data":{"version":${version},${rest}},"sequence":${change.sequence}}`;
    }
    case 'acknowledged':
    case 'presence':
    case 'device':
    case 'configuration':
      return JSON.stringify(change);
  }
}
