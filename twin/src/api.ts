import type { TwinErrorCode } from './error.js';
import type { Json, JsonObject } from './json.js';

/** Types of what travels over HTTP and in events (PROTOCOL, HTTP API). Times are RFC 3339 texts in UTC. */

export interface Registration {
  readonly name?: string;
  readonly tags?: JsonObject;
  readonly desired?: JsonObject;
  readonly enabled?: boolean;
  readonly auth?: { readonly type: 'secret'; readonly secret: string };
}

export interface RegistrationPatch {
  readonly name?: string | null;
  readonly tags?: JsonObject | null;
  readonly desired?: JsonObject | null;
  readonly enabled?: boolean | null;
}

export type DeviceStandingView = 'applied' | 'failed' | 'pending' | 'overridden';

export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly tags: JsonObject;
  readonly desired: JsonObject;
  readonly desiredVersion: number;
  readonly ownDesired: JsonObject;
  readonly reported: JsonObject;
  readonly reportedVersion: number;
  readonly acknowledged?: {
    readonly version: number;
    readonly status: 'applied' | 'failed';
    readonly error?: string;
    readonly at: string;
  };
  readonly configurations: readonly {
    readonly id: string;
    readonly generation: number;
    readonly status: DeviceStandingView;
  }[];
  readonly problem?: { readonly code: TwinErrorCode; readonly message: string };
  readonly connected: boolean;
  readonly lastSeenAt?: string;
  readonly createdAt: string;
  /** Only in the answer to the PUT that generated it. */
  readonly secret?: string;
}

export interface ConfigurationInput {
  readonly targetCondition: string;
  readonly desiredProperties: JsonObject;
  readonly priority?: number;
  readonly enabled?: boolean;
  readonly enforce?: boolean;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rollout?: JsonObject;
}

/** Whether an index can look a condition up, or why it cannot. */
export type IndexingView =
  | { readonly indexable: true }
  | { readonly indexable: false; readonly notIndexableBecause: string };

/** A configuration as the API answers it. */
export type ConfigurationView = StoredConfigurationView & IndexingView;

/** What is stored of a configuration, without what follows from its condition. */
export interface StoredConfigurationView extends Required<Omit<ConfigurationInput, 'rollout' | 'description'>> {
  readonly id: string;
  readonly description?: string;
  readonly rollout?: JsonObject;
  readonly generation: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ConfigurationCounts {
  readonly matched: number;
  readonly admitted: number;
  readonly overridden: number;
  readonly winning: number;
  readonly applied: number;
  readonly failed: number;
  readonly pending: number;
  readonly offline: number;
}

/** What `GET /configurations/{id}/status` answers; `rollout` only where the configuration has or had one. */
export interface ConfigurationStatusView extends ConfigurationCounts {
  readonly rollout?: RolloutView;
}

/** `waiting`: nobody was admitted yet. The last three are its ends. */
export type RolloutStateView = 'waiting' | 'running' | 'paused' | 'aborted' | 'rolledBack' | 'complete';

/** Programs go by the code, which is stable; the text is for people. */
export interface RolloutReasonView {
  readonly code: string;
  readonly text: string;
}

/** How a rollout stands. */
export interface RolloutView {
  readonly state: RolloutStateView;
  readonly reason: RolloutReasonView;
  /** Who took it to this state, and when. */
  readonly changedBy: string;
  readonly changedAt: string;
  /** The generation whose content is being admitted. */
  readonly generation: number;
  /** The one that those have who are not admitted; absent: they have nothing. */
  readonly stable?: number;
  /** The current phase, from 1. */
  readonly phase: number;
  readonly phases: readonly RolloutPhaseView[];
  /** Why it does not go on at once. */
  readonly waitsFor?: RolloutReasonView;
  /** When time alone may change something. */
  readonly nextAt?: string;
  /** Devices by the generation that they have, the newest first. */
  readonly generations: readonly { readonly generation: number; readonly devices: number }[];
  /**
   * How long it took from the first attempt until it was applied: each device once, in the first step it fits in; the
   * last has no bound.
   */
  readonly converged: readonly { readonly withinMs?: number; readonly devices: number }[];
  /** Devices that failed, by what they said, most first. */
  readonly failures: readonly RolloutFailureView[];
  /** Devices whose failures are not listed. */
  readonly failuresLeftOut: number;
}

/** The counts are of the devices that were admitted in this phase. */
export interface RolloutPhaseView {
  readonly percent: number;
  readonly waitMs: number;
  /** Cumulative: how many are to be admitted when it is over. */
  readonly target: number;
  readonly admitted: number;
  readonly applied: number;
  readonly failed: number;
  readonly pending: number;
  readonly overridden: number;
}

export interface RolloutFailureView {
  readonly error: string;
  readonly devices: number;
  /** Ids of some of them. */
  readonly sample: readonly string[];
}

export type ConfigurationReason =
  | 'applies'
  | 'overridden'
  | 'condition-false'
  | 'condition-unknown'
  | 'disabled'
  | 'waiting-for-rollout'
  | 'failed'
  | 'held';

export interface ConfigurationStanding {
  readonly id: string;
  readonly generation: number;
  readonly applies: boolean;
  readonly reason: ConfigurationReason;
  readonly detail?: string;
}

export type LayerView =
  | { readonly layer: 'device' }
  | {
      readonly layer: 'configuration';
      readonly id: string;
      readonly generation: number;
      readonly priority: number;
      readonly enforce: boolean;
    };

export interface ExplainView {
  readonly id: string;
  readonly desiredVersion: number;
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly value?: Json;
        readonly winner: LayerView;
        readonly beat: readonly (LayerView & { value: Json; path?: string })[];
      }
    >
  >;
  readonly configurations: readonly ConfigurationStanding[];
}

export type PreviewView = PreviewCountsView & IndexingView;

export interface PreviewCountsView {
  readonly matched: number;
  readonly entering: number;
  readonly leaving: number;
  /** Devices that get another desired document, at once or when their turn comes. */
  readonly changed: number;
  /** Of these, who change at once; with a rollout those to whom it takes back what they were admitted to. */
  readonly atOnce: number;
  readonly overridden: number;
  /** Devices whose layers together would go over a limit: they would keep what they have. */
  readonly problems: number;
  readonly paths: readonly { readonly path: string; readonly devices: number }[];
  readonly conflicts: readonly {
    readonly path: string;
    readonly with: string;
    readonly winner: string;
    readonly devices: number;
  }[];
  /** What changes at single paths, that of most devices first; at most `LIMITS.previewChangesMax` are listed. */
  readonly changes: readonly PreviewChange[];
  /** Changes that are not listed: each of one path on one device. */
  readonly changesLeftOut: number;
  /** Of those that change, the first in the order of ids. */
  readonly sample: readonly { readonly id: string; readonly before: JsonObject; readonly after: JsonObject }[];
}

/** One path of effective desired documents, from what to what; absent: there is no value. */
export interface PreviewChange {
  /** A JSON Pointer to a leaf, or to where an object comes or goes in place of something else. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly devices: number;
}

/** How the devices of a query are found. */
export interface PlanView {
  /** Never below the number of devices of which the condition is TRUE. */
  readonly estimate: number;
  /** Whether what is found needs no verification. */
  readonly isExact: boolean;
  readonly root: PlanStepView;
}

export interface PlanStepView {
  /** The part of the condition that the step is for, in its canonical spelling. */
  readonly condition: string;
  /** `verify` and `scan` are left to be asked of what was found, or of every device. */
  readonly way: 'constant' | 'lookup' | 'intersection' | 'union' | 'test' | 'verify' | 'scan';
  /** Such as `values of device.tags.region`. */
  readonly uses?: string;
  readonly estimate: number;
  readonly isExact: boolean;
  /** Why it is scanned or to be verified. */
  readonly reason?: string;
  /** Those of an intersection in the order in which they are taken. */
  readonly steps?: readonly PlanStepView[];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

export type ImportResult =
  | { readonly id: string; readonly status: 200 | 201; readonly secret?: string }
  | { readonly id?: string; readonly status: 400; readonly code: TwinErrorCode; readonly detail: string };

/** RFC 9457. `position`, `length` and `hint` come with `bad-condition`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: TwinErrorCode;
  readonly detail: string;
  readonly position?: number;
  readonly length?: number;
  readonly hint?: string;
  readonly [extension: string]: unknown;
}

export interface DesiredEvent {
  readonly version: number;
  readonly patch: JsonObject;
  readonly at: string;
  readonly configurations: readonly string[];
}

export interface ReportedEvent {
  readonly version: number;
  readonly patch: JsonObject;
  readonly at: string;
}

export interface AcknowledgedEvent {
  readonly version: number;
  readonly status: 'applied' | 'failed';
  readonly error?: string;
  readonly at: string;
}

export interface PresenceEvent {
  readonly connected: boolean;
  readonly at: string;
  readonly reason?: string;
}

export interface DeviceEvent {
  readonly change: 'registered' | 'replaced' | 'patched' | 'deleted';
  readonly at: string;
}

export type ConfigurationEvent = ConfigurationWrittenEvent | RolloutEvent | QuarrelEvent;

export interface ConfigurationWrittenEvent {
  readonly change: 'created' | 'replaced' | 'deleted';
  readonly generation: number;
  readonly at: string;
}

/** A rollout came to another state or phase: how it stands from then on. */
export interface RolloutEvent extends Pick<RolloutView, 'state' | 'phase' | 'reason'> {
  readonly change: 'rollout';
  readonly generation: number;
  readonly by: string;
  readonly at: string;
}

/**
 * The configuration takes turns with others on a device, or with nobody: it takes itself away. Each time after the device
 * reported, so they seem to push each other. One event for each of them.
 */
export interface QuarrelEvent {
  readonly change: 'quarrelled';
  readonly generation: number;
  /** The others; none where it quarrels with itself. */
  readonly with: readonly string[];
  /** Where it was noticed; there may be more. */
  readonly onDevice: string;
  readonly at: string;
}

/** One event of the change feed; `id` is the cursor to resume after it. */
export type FeedEvent =
  | { readonly id: string; readonly event: 'desired'; readonly data: DesiredEvent & { readonly device: string } }
  | { readonly id: string; readonly event: 'reported'; readonly data: ReportedEvent & { readonly device: string } }
  | {
      readonly id: string;
      readonly event: 'acknowledged';
      readonly data: AcknowledgedEvent & { readonly device: string };
    }
  | { readonly id: string; readonly event: 'presence'; readonly data: PresenceEvent & { readonly device: string } }
  | { readonly id: string; readonly event: 'device'; readonly data: DeviceEvent & { readonly device: string } }
  | {
      readonly id: string;
      readonly event: 'configuration';
      readonly data: ConfigurationEvent & { readonly configuration: string };
    }
  | { readonly id: string; readonly event: 'gap'; readonly data: { readonly after: string; readonly oldest: string } };
