import type { ConfigurationRecord } from './configuration-record.js';

/** Bounds how many configurations of a kind there may be. It is shown what is stored and what would be. */
export interface ConfigurationLimit {
  /** Throws what refuses an operator who writes a configuration; nothing is stored then. */
  check(before: ConfigurationRecord | undefined, after: ConfigurationRecord): void;
  /**
   * Hears of every configuration as it is decided, one after the other; undefined where there is nothing. It refuses
   * nobody: what a rollout does by itself cannot be given up, and what stops one is never held up.
   */
  count(before: ConfigurationRecord | undefined, after: ConfigurationRecord | undefined): void;
}
