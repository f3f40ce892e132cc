import type { JsonObject } from './json.js';
import { diff } from './merge-patch.js';

/**
 * `diff` that remembers its last answer. Devices of a fleet are brought along one after the other and share their
 * documents, and documents are never changed: the same two have the same patch, which they then share as well.
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
