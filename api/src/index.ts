/**
 * The shapes of the HTTP API, of its events and of its problems.
 *
 * Promises a stranger can check:
 * - One TypeBox schema describes each shape. The TypeScript type, the validation of requests, the OpenAPI document and
 *   the types of the client come from it.
 * - A schema with an `$id` is a component of the OpenAPI document under that name.
 * - A refusal names the place as a JSON Pointer, and says what to write.
 *
 * It imports `@muster/twin` and TypeBox, and has neither a clock nor any input or output.
 */
export {
  type ConfigurationInput,
  ConfigurationSchema,
  type ConfigurationView,
  ConfigurationViewSchema,
  type IndexingView,
  type StoredConfigurationView,
} from './configuration.js';
export {
  CONFIGURATION_STATUS_EXAMPLE,
  type ConfigurationCounts,
  ConfigurationStatusSchema,
  type ConfigurationStatusView,
} from './configuration-status.js';
export { DeviceSchema, type DeviceStandingView, type DeviceView, SelectedDeviceSchema } from './device.js';
export {
  type AcknowledgedEvent,
  type ConfigurationEvent,
  type ConfigurationWrittenEvent,
  type DesiredEvent,
  type DeviceEvent,
  type FeedEvent,
  FeedEventSchema,
  type PresenceEvent,
  type QuarrelEvent,
  type ReportedEvent,
  type RolloutEvent,
} from './event.js';
export { type ConfigurationReason, type ConfigurationStanding, ExplainSchema, type ExplainView } from './explain.js';
export { LivenessSchema, ReadinessSchema } from './health.js';
export { type ImportResult, ImportResultSchema } from './import-result.js';
export { ConfigurationPageSchema, DevicePageSchema, type Page, SelectedDevicePageSchema } from './page.js';
export { parseRollout } from './parse-rollout.js';
export { PlanSchema, PlanStepSchema, type PlanStepView, type PlanView } from './plan.js';
export {
  ConfigurationPreviewSchema,
  type PreviewChange,
  type PreviewCountsView,
  PreviewSchema,
  type PreviewView,
} from './preview.js';
export { type Problem, ProblemSchema, problemOf, problemUri } from './problem.js';
export {
  type Registration,
  type RegistrationPatch,
  RegistrationPatchSchema,
  RegistrationSchema,
} from './registration.js';
export { type RolloutInput, RolloutSchema, type RolloutWindowInput } from './rollout.js';
export { ROLLOUT_ACTIONS, RolloutActionSchema } from './rollout-action.js';
export {
  type RolloutFailureView,
  type RolloutPhaseView,
  type RolloutReasonView,
  type RolloutStateView,
  type RolloutView,
  RolloutViewSchema,
} from './rollout-view.js';
export type { Shape } from './shape.js';
export { validate } from './validate.js';
