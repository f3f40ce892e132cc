/**
 * The truth: twins, configurations and their change log.
 *
 * Promises a stranger can check:
 * - Every mutation is a verb of `registry.devices` or `registry.configurations`; a verb resolves only when its effect is on disk.
 * - An entry and its changes are committed in one transaction; concurrent writers of one entry never lose an update.
 * - Versions rise by one with every change of their document, never otherwise, and are never used twice, not
 *   even by a device that was deleted and registered again.
 * - Every store passes `runStoreTests` (`@muster/registry/testing`).
 */

export { type ChangeFollower, followChanges } from './change-follower.js';
export type { ConfigurationVersion } from './configuration/advance-rollout.js';
export type { ConfigurationLimit } from './configuration/configuration-limit.js';
export { configurationView } from './configuration/configuration-view.js';
export type { Configurations } from './configuration/configurations.js';
export type { Oscillation } from './configuration/note-oscillation.js';
export { type PutConfiguration, writtenGeneration } from './configuration/put-configuration.js';
export type { DesiredOutcome, DesiredPlan } from './device/desired-plan.js';
export { deviceView, type GenerationOf, nameOf } from './device/device-view.js';
export type { Devices } from './device/devices.js';
export type { Registered } from './device/register.js';
export type { Resolution, ResolvedConfiguration } from './device/resolution.js';
export { isBroughtAlong } from './device/set-desired.js';
export { checkPrecondition, type Precondition } from './input/revision.js';
export type { Change, ChangeKind, NewChange } from './log/change.js';
export {
  type Actor,
  API_TOKEN,
  type DevicePrincipal,
  deviceActor,
  nameOfActor,
  type Principal,
  RECONCILER,
} from './record/actor.js';
export type { Admission, AdmissionState } from './record/admission.js';
export {
  type ConfigurationContent,
  type ConfigurationEntry,
  type ConfigurationGeneration,
  type ConfigurationRecord,
  isStored,
} from './record/configuration-record.js';
export type { RandomBytes } from './record/credential.js';
export {
  type Acknowledgement,
  type ConfigurationAssignment,
  type DeviceEntry,
  type DeviceRecord,
  type DeviceStanding,
  isLive,
  standingOf,
} from './record/device-record.js';
export type { RolloutProgress, RolloutReason, RolloutReasonCode, RolloutState } from './record/rollout-progress.js';
export { Registry, type RegistryParts } from './registry.js';
export type { RolloutAction, RolloutActionContext } from './rollout/rollout-action.js';
export type { RolloutEffect, RolloutOutcome } from './rollout/rollout-outcome.js';
export type { RolledConfiguration, RolloutRules, WrittenConfiguration } from './rollout/rollout-rules.js';
export { LmdbStore } from './store/lmdb/lmdb-store.js';
export { MemoryStore } from './store/memory-store.js';
export type {
  Awaitable,
  ChangePage,
  CommitListener,
  Committed,
  CommittedEntry,
  Decision,
  Entries,
  EntryKind,
  Store,
} from './store/store.js';
