import type { RolloutInput } from '@muster/api';
import type { JsonObject } from '@muster/twin';
import type { RolloutProgress } from './rollout-progress.js';

/** What devices get, and which. A change of any of these is a new generation, and so is one of the rollout. */
export interface ConfigurationContent {
  readonly targetCondition: string;
  readonly desiredProperties: JsonObject;
  readonly priority: number;
  readonly enforce: boolean;
}

export interface ConfigurationGeneration extends ConfigurationContent {
  readonly generation: number;
  readonly sinceGeneration: number;
  /** As the operator wrote it. */
  readonly rollout?: RolloutInput;
  readonly writtenAt: number;
}

/** Times are milliseconds since 1970. */
export interface ConfigurationRecord extends ConfigurationContent {
  readonly id: string;
  readonly deleted?: false;
  /** Rises strictly over all configurations ever made: the newest wins a tie. An edit keeps it. */
  readonly created: number;
  /** The created number read as a time: that of the wall clock, moved on where it would not rise. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly enabled: boolean;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly generation: number;
  /**
   * The generation by which devices know what they have: that in which properties, priority and enforce came to be as
   * they are. Edits of condition or rollout keep it, a rollback brings back that of the generation it leads to.
   * Devices that match before and after have what they should have: nothing is written for them.
   */
  readonly sinceGeneration: number;
  /** Counts what operators write, and rollbacks that a rollout does by itself. The ETag is made of it. */
  readonly revision: number;
  /** Counts what rollouts store by themselves. */
  readonly step: number;
  /** Newest first, the current one included. */
  readonly history: readonly ConfigurationGeneration[];
  /** As the operator wrote it; left away: everybody who matches has it at once. */
  readonly rollout?: RolloutInput;
  readonly progress?: RolloutProgress;
  /** The generation that `progress.stable` names, for as long as it does, also when it has left the history. */
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
