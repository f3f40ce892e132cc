/**
 * The truth: twins, configurations and the log of what happened to them.
 *
 * Promises a stranger can check:
 * - Every mutation is a verb of `Registry`; a verb resolves only when its effect is on disk.
 * - An entry and its changes are committed in one transaction; concurrent writers of one entry never lose an update.
 * - Versions rise by one with every change of their document, never otherwise, and are never used twice, not
 *   even by a device that was deleted and made again.
 * - Every store passes `runStoreTests` (`@muster/registry/testing`).
 */
export type { Admission, AdmissionState } from './admission.js';
export type { ConfigurationMoment } from './advance-rollout.js';
export type { Change, ChangeKind, NewChange } from './change.js';
export { type ChangeFollower, followChanges } from './change-follower.js';
export type { ConfigurationLimit } from './configuration-limit.js';
export {
  type ConfigurationContent,
  type ConfigurationEntry,
  type ConfigurationGeneration,
  type ConfigurationRecord,
  isStored,
} from './configuration-record.js';
export { configurationView } from './configuration-view.js';
export type { RandomBytes } from './credential.js';
export {
  type Acknowledgement,
  type AppliedConfiguration,
  type DeviceEntry,
  type DeviceRecord,
  type DeviceStanding,
  isLive,
  standingOf,
} from './device-record.js';
export { deviceView, type GenerationOf, nameOf } from './device-view.js';
export type { Quarrel } from './note-quarrel.js';
export { type PutConfiguration, writtenGeneration } from './put-configuration.js';
export type { Registered } from './register.js';
export { type DesiredOutcome, type DesiredPlan, Registry, type RegistryParts } from './registry.js';
export type { Resolution, ResolvedConfiguration } from './resolution.js';
export { checkPrecondition, type Precondition } from './revision.js';
export type { RolloutAction, RolloutActionContext } from './rollout-action.js';
export type { RolloutEffect, RolloutOutcome } from './rollout-outcome.js';
export type { RolloutProgress, RolloutReason, RolloutReasonCode, RolloutState } from './rollout-progress.js';
export type { RolledConfiguration, RolloutRules, WrittenConfiguration } from './rollout-rules.js';
export { isBroughtAlong } from './set-desired.js';
export { LmdbStore } from './store/lmdb-store.js';
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
} from './store.js';
