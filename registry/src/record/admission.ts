/**
 * The admission of a device to a rollout, stored with the device as plain values. It is written in one transaction with
 * the document that follows from it. So an attempt is counted before it is sent, and between two attempts the device has
 * the document of the stable generation.
 */
export interface Admission {
  /** The id of the configuration. */
  readonly id: string;
  /** Tells a configuration from one of the same id that was deleted before. */
  readonly created: number;
  /** The generation that the rollout admits. An admission with another key is void. */
  readonly key: number;
  /** Index of the phase in which the device was first admitted, from 0. */
  readonly phase: number;
  /** When the first attempt began, in milliseconds since 1970. */
  readonly givenAt: number;
  /** Time from `givenAt` until the generation was applied; absent before. */
  readonly convergedMs?: number | undefined;
  /** Attempts that have begun, at least 1; never reset. */
  readonly attempts: number;
  readonly state: AdmissionState;
  /** The desired version before this attempt. Only a higher version can hold its document. */
  readonly version: number;
  /** Whether the device was connected during the attempt, and so may have got its document. */
  readonly isSent?: true | undefined;
  /** Time in this attempt in which the device was connected without answering, in connections that have ended. */
  readonly spentMs?: number | undefined;
  /** When the next attempt may begin, in milliseconds since 1970. */
  readonly restUntil?: number | undefined;
  /** Why the last attempt failed. */
  readonly error?: string | undefined;
  /** Whether the device no longer matches. Its counters are kept; it has to be admitted again to return. */
  readonly isAway?: true | undefined;
}

/**
 * `given`: an attempt is in progress. `resting`: an attempt failed and the next one waits. `applied` and `failed` are
 * final.
 */
export type AdmissionState = 'given' | 'applied' | 'resting' | 'failed';
