/**
 * The pure core of Muster: values in, values out; no clock, no randomness, no imports.
 *
 * Promises:
 * - `mergePatch` is RFC 7396; `mergePatch(a, diff(a, b))` equals `b` for documents without null members.
 * - `resolve` is the one equation of the project, and does not depend on the order in which layers arrive.
 * - `explainLayers` returns one winner for every leaf path, and the layers it beat.
 * - A document that passed `checkDocument` is within every limit of `limit.ts`.
 *
 * Words used everywhere: a *twin* is the stored record of a device. *Desired* is the document that the device should
 * have, *reported* the document that it last reported. A *layer* is one source of desired properties, a *patch* is a
 * JSON merge patch, and a *trail* leads from the current desired document back to earlier versions.
 */

export { checkDocument, type DocumentKind, documentBytes } from './document/document.js';
export { documentAt, remember, type Trail, type TrailStep } from './document/trail.js';
export {
  canonicalEqual,
  isEmpty,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json/json.js';
export { LastDiff } from './json/last-diff.js';
export { diff, mergePatch } from './json/merge-patch.js';
export { parseJson, parseObject } from './json/parse.js';
export { formatPointer, leafPaths, valueAt } from './json/path.js';
export { badSelect, parsePathList } from './json/path-list.js';
export { explainLayers, isOverridden, type PathExplanation } from './layer/explain.js';
export {
  type ConfigurationLayer,
  compareLayers,
  type DeviceLayer,
  type Layer,
  layerName,
  resolve,
} from './layer/layer.js';
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
} from './layer/rollout-policy.js';
export { isSameContent, isSameLayer } from './layer/same-content.js';
export { type DesiredMessage, type Held, type Reception, receiveDesired } from './message/desired-message.js';
export { type AcknowledgementMessage, parseReport, type ReportMessage, reportId } from './message/report.js';
export type { Cancel, Clock, SteadyClock } from './ports/clock.js';
export type { Log } from './ports/log.js';
export { assertNever, asTwinError, isTwinError, TwinError, type TwinErrorCode } from './protocol/error.js';
export { checkId, isId } from './protocol/id.js';
export { LIMITS } from './protocol/limit.js';
export { isTwinErrorCode, PROBLEMS } from './protocol/problem.js';
export { parseServiceTopic, type ServiceTopic, TOPICS, type TwinEventKind, twinEventTopic } from './protocol/topic.js';
export { decodeUtf8 } from './text/decode.js';
export { LastText } from './text/last-text.js';
export { suggestName } from './text/suggest-name.js';
export { truncateUtf8, utf8Bytes } from './text/utf8.js';
export { type BackoffBounds, backoffMs } from './time/backoff.js';
export { DURATION_UNITS, durationMs, durationText, parseDuration } from './time/duration.js';
export { parseInstant } from './time/instant.js';
export { isTimezone } from './time/timezone.js';
