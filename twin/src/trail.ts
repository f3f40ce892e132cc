import type { JsonObject } from './json.js';
import { LIMITS } from './limit.js';
import { diff, mergePatch } from './merge-patch.js';

/** `undo` leads from the document of the next newer step (the newest: from the current one) to `version`. */
export interface TrailStep {
  readonly version: number;
  readonly undo: JsonObject;
}

/** Ways back from the current desired document, oldest first: kept so that a patch can start where a device is. */
export type Trail = readonly TrailStep[];

/** The document at an earlier version, or undefined when no way leads there. */
export function documentAt(current: JsonObject, trail: Trail, version: number): JsonObject | undefined {
  const index = trail.findIndex((step) => step.version === version);
  if (index < 0) return undefined;
  return trail.slice(index).reduceRight<JsonObject>((document, { undo }) => mergePatch(document, undo), current);
}

/**
 * The trail after `before` (at `version`) was replaced by `after`. Steps older than the last acknowledged
 * version are of no use. Beyond the limits the middle is thinned: the oldest step is where an absent device
 * is, the newest ones are what it may acknowledge next.
 */
export function remember(
  trail: Trail,
  version: number,
  before: JsonObject,
  after: JsonObject,
  acknowledgedVersion: number,
): Trail {
  if (version === 0) return [];
  const kept = trail.filter((step) => step.version >= acknowledgedVersion);
  const steps = [...kept, { version, undo: diff(after, before) }];
  const thinned = steps.length > LIMITS.trailStepsMax ? withoutSecond(steps, after) : steps;
  return withinBytes(thinned);
}

/** Drops the second oldest step; the oldest one then leads back from the third. */
function withoutSecond(steps: Trail, current: JsonObject): Trail {
  const [oldest, , third, ...rest] = steps;
  if (!oldest || !third) return steps;
  const source = documentAt(current, steps, third.version) ?? {};
  const target = documentAt(current, steps, oldest.version) ?? {};
  return [{ version: oldest.version, undo: diff(source, target) }, third, ...rest];
}

function withinBytes(steps: Trail): Trail {
  return JSON.stringify(steps).length <= LIMITS.trailBytesMax ? steps : withinBytes(steps.slice(1));
}
