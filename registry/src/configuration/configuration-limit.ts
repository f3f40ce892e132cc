import type { ConfigurationRecord } from '../record/configuration-record.js';

/** Bounds how many configurations of a kind there may be. It is shown what is stored and what would be. */
export interface ConfigurationLimit {
  /** Throws what refuses an operator who writes a configuration; nothing is stored then. */
  check(before: ConfigurationRecord | undefined, after: ConfigurationRecord): void;
  /**
   * Counts a decided write before the next configuration is decided; undefined: not stored. A write that fails is counted
   * back. It never refuses: a rollout must be able to advance, and an operator to stop one.
   */
  count(before: ConfigurationRecord | undefined, after: ConfigurationRecord | undefined): void;
}
