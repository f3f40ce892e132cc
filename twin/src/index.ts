/**
 * The pure core of Muster: values in, values out, no clock, no randomness, no imports.
 *
 * Promises a stranger can check:
 * - `mergePatch` is RFC 7396; `mergePatch(a, diff(a, b))` equals `b` for documents without null members.
 * - `resolve` is the one equation of the project, and does not depend on the order in which layers arrive.
 * - `explainLayers` names for every leaf path one winner and everything it beat.
 * - A document that passed `checkDocument` is within every limit of `limit.ts`.
 *
 * Words used everywhere: a *twin* is what is stored of a device. *Desired* is the document it should have,
 * *reported* the one it says it has. A *layer* is one source of desired properties, a *patch* a JSON merge
 * patch, a *trail* the way back from the current desired document to earlier versions.
 */
export { type BackoffBounds, backoffMs } from './backoff.js';
export type { Cancel, Clock, SteadyClock } from './clock.js';
export { decodeUtf8 } from './decode.js';
export { type DesiredMessage, type Held, type Reception, receiveDesired } from './desired-message.js';
export { checkDocument, type DocumentKind, documentBytes } from './document.js';
export { DURATION_UNITS, durationMs, durationText, parseDuration } from './duration.js';
export { assertNever, asTwinError, isTwinError, TwinError, type TwinErrorCode } from './error.js';
export { explainLayers, isBeaten, isOverridden, type PathExplanation } from './explain.js';
export { checkId, isId } from './id.js';
export { parseInstant } from './instant.js';
export { canonicalEqual, isEmpty, isObject, type Json, type JsonObject, type MutableJsonObject, own } from './json.js';
export { LastDiff } from './last-diff.js';
export { LastText } from './last-text.js';
export { type ConfigurationLayer, compareLayers, type DeviceLayer, type Layer, layerName, resolve } from './layer.js';
export { LIMITS } from './limit.js';
export type { Log } from './log.js';
export { diff, mergePatch } from './merge-patch.js';
export { parseJson, parseObject } from './parse.js';
export { formatPointer, leafPaths, valueAt } from './path.js';
export { badSelect, parsePathList } from './path-list.js';
export { isTwinErrorCode, PROBLEMS } from './problem.js';
export { type AcknowledgementMessage, parseReport, type ReportMessage, reportId } from './report.js';
export {
  type AbortReaction,
  type AbortThreshold,
  type FailureReaction,
  type RolloutPhase,
  type RolloutPolicy,
  type RolloutTimezone,
  type RolloutWindow,
  WEEKDAYS,
  type Weekday,
} from './rollout-policy.js';
export { isSameContent, isSameLayer } from './same-content.js';
export { suggestName } from './suggest-name.js';
export { isTimezone } from './timezone.js';
export { parseServiceTopic, type ServiceTopic, TOPICS, type TwinEventKind, twinEventTopic } from './topic.js';
export { documentAt, remember, type Trail, type TrailStep } from './trail.js';
export { truncateUtf8, utf8Bytes } from './utf8.js';
