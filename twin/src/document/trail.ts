import type { Json, JsonObject } from '../json/json.js';
import { bytesAtMost } from '../json/json-size.js';
import { diff, mergePatch } from '../json/merge-patch.js';
import { LIMITS } from '../protocol/limit.js';
import { exceedsUtf8 } from '../text/utf8.js';

/** `undo` leads from the document of the next newer step (the newest: from the current one) to `version`. */
export interface TrailStep {
  readonly version: number;
  readonly undo: JsonObject;
}

/** Steps back from the current desired document, oldest first, so that a patch can start at a device's version. */
export type Trail = readonly TrailStep[];

/** Returns the document at an earlier version, or undefined if the trail does not have that version. */
export function documentAt(current: JsonObject, trail: Trail, version: number): JsonObject | undefined {
  const index = trail.findIndex((step) => step.version === version);
  if (index < 0) return undefined;
  return trail.slice(index).reduceRight<JsonObject>((document, { undo }) => mergePatch(document, undo), current);
}

/**
 * Returns the trail after `after` replaced `before` (at `version`). Steps older than the last acknowledged version
 * are dropped, because no device needs them. Beyond the limits, steps in the middle are dropped: an absent device is
 * at the oldest step, and may acknowledge the newest ones next.
 */
export function remember(
  trail: Trail,
  version: number,
  before: JsonObject,
  after: JsonObject,
  acknowledgedVersion: number,
  diffOf = diff,
): Trail {
  if (version === 0) return [];
  const kept = trail.filter((step) => step.version >= acknowledgedVersion);
  return thinned([...kept, { version, undo: diffOf(after, before) }], after);
}

function thinned(steps: Trail, current: JsonObject): Trail {
  const fits = steps.length <= LIMITS.trailStepsMax && isWithinBytes(steps);
  return fits ? steps : thinned(withoutSecond(steps, current), current);
}

function isWithinBytes(steps: Trail): boolean {
  const json = steps as unknown as Json;
  return bytesAtMost(json) <= LIMITS.trailBytesMax || !exceedsUtf8(JSON.stringify(json), LIMITS.trailBytesMax);
}

/** Drops the second oldest step. The oldest one then starts at the third, or at the current document. */
function withoutSecond(steps: Trail, current: JsonObject): Trail {
  const [oldest, second, ...rest] = steps;
  if (!oldest || !second) return [];
  const source = rest[0] ? documentAt(current, steps, rest[0].version) : current;
  const target = documentAt(current, steps, oldest.version);
  if (!source || !target) throw new Error('a trail leads to each of its steps');
  return [{ version: oldest.version, undo: diff(source, target) }, ...rest];
}
