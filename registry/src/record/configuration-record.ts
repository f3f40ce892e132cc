import type { RolloutInput } from '@muster/api';
import type { JsonObject } from '@muster/twin';
import type { RolloutProgress } from './rollout-progress.js';

/** The content of a configuration and its target. A change of any member or of the rollout makes a new generation. */
export interface ConfigurationContent {
  readonly targetCondition: string;
  readonly desiredProperties: JsonObject;
  readonly priority: number;
  readonly enforce: boolean;
}

export interface ConfigurationGeneration extends ConfigurationContent {
  readonly generation: number;
  readonly contentGeneration: number;
  /** As the operator wrote it. */
  readonly rollout?: RolloutInput;
  readonly writtenAt: number;
}

/** Times are milliseconds since 1970. */
export interface ConfigurationRecord extends ConfigurationContent {
  readonly id: string;
  readonly deleted?: false;
  /** Rises strictly over all configurations ever created: the newest wins a tie. An edit keeps it. */
  readonly created: number;
  /** `created` as a time: that of the wall clock, moved forward where it would not rise. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly enabled: boolean;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly generation: number;
  /**
   * The first generation with the current properties, priority and enforce. Device records refer to this number. Edits
   * of condition or rollout keep it, so that nothing is written for devices that match before and after. A rollback
   * restores the number of its target.
   */
  readonly contentGeneration: number;
  /** Counts writes of operators and automatic rollbacks. The ETag is made of it. */
  readonly revision: number;
  /** Counts the steps that a rollout stores by itself. */
  readonly progressRevision: number;
  /** Newest first, the current one included. */
  readonly history: readonly ConfigurationGeneration[];
  /** As the operator wrote it; absent: every matching device gets the content at once. */
  readonly rollout?: RolloutInput;
  readonly progress?: RolloutProgress;
  /** The generation that `progress.stable` names, even when it has left the history. */
  readonly stable?: ConfigurationGeneration;
}

export interface ConfigurationTombstone {
  readonly id: string;
  readonly deleted: true;
  readonly created: number;
  readonly revision: number;
}

export type ConfigurationEntry = ConfigurationRecord | ConfigurationTombstone;

export function isStored(entry: ConfigurationEntry | undefined): entry is ConfigurationRecord {
  return entry !== undefined && entry.deleted !== true;
}
