import type { Resolution } from './resolution.js';

/** The resolution of a device, and the value that the caller wants back once it is on disk. */
export interface DesiredPlan<Effect> {
  readonly resolution: Resolution;
  readonly effect: Effect;
}

export interface DesiredOutcome<Effect> {
  readonly isChanged: boolean;
  /** Of the plan that was written; undefined if the device is not registered. */
  readonly effect?: Effect;
}
