import type { ConfigurationRecord } from '../record/configuration-record.js';

/** Bounds the number of configurations of a kind. It gets the stored record and the new one. */
export interface ConfigurationLimit {
  /** Throws the error that refuses a write of an operator; nothing is stored then. */
  check(before: ConfigurationRecord | undefined, after: ConfigurationRecord): void;
  /**
   * Counts a decided write before the next configuration is decided; undefined: not stored. A write that fails is counted
   * back. It never refuses: a rollout must be able to advance, and an operator to stop one.
   */
  count(before: ConfigurationRecord | undefined, after: ConfigurationRecord | undefined): void;
}
