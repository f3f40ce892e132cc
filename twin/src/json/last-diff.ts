import type { JsonObject } from './json.js';
import { diff } from './merge-patch.js';

/**
 * `diff` that remembers its last result. Devices that are reconciled in turn share their documents, which are
 * immutable. The same two documents therefore have the same patch, and the devices share it too.
 */
export class LastDiff {
  #before: JsonObject | undefined;
  #after: JsonObject | undefined;
  #patch: JsonObject = {};

  of(before: JsonObject, after: JsonObject): JsonObject {
    if (before === this.#before && after === this.#after) return this.#patch;
    this.#patch = diff(before, after);
    this.#before = before;
    this.#after = after;
    return this.#patch;
  }
}
