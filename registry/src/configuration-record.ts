import type { JsonObject } from '@muster/twin';

/** What makes a generation: a change of any of these is a new one. */
export interface ConfigurationContent {
  readonly targetCondition: string;
  readonly desiredProperties: JsonObject;
  readonly priority: number;
  readonly enforce: boolean;
}

export interface ConfigurationGeneration extends ConfigurationContent {
  readonly generation: number;
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
   * The first of the generations up to this one that differ in nothing but the condition. Devices that match before
   * and after such an edit have what they should have: nothing is written for them.
   */
  readonly sinceGeneration: number;
  readonly revision: number;
  /** Newest first, the current one included. */
  readonly history: readonly ConfigurationGeneration[];
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
