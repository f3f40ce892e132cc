/**
 * What a rollout made of one device, stored with the device; plain values. It is written together with the document
 * that follows from it, in one transaction: so a number of attempts is stored before the attempt is sent, and between
 * two attempts the device has the document of the stable generation.
 */
export interface Admission {
  /** The id of the configuration. */
  readonly id: string;
  /** Tells a configuration from one of the same id that was deleted before. */
  readonly created: number;
  /** That of the rollout: an admission of any other generation's content is void. */
  readonly key: number;
  /** The place of the phase in the policy, from 0, in which it was admitted first. */
  readonly phase: number;
  /** Milliseconds since 1970: when the first attempt began. */
  readonly givenAt: number;
  /** How long it took from `givenAt` until it was applied; left away until it is. */
  readonly convergedMs?: number | undefined;
  /** How many have begun, at least 1; never set back. */
  readonly attempts: number;
  readonly state: AdmissionState;
  /** The desired version before the document of this attempt: only a higher one can have brought anything. */
  readonly version: number;
  /** Whether the device was connected during the attempt, and so may have got its document. */
  readonly isSent?: true | undefined;
  /** How long it was connected and silent in this attempt, in connections that have ended. */
  readonly spentMs?: number | undefined;
  /** Milliseconds since 1970: when the next attempt may begin. */
  readonly restUntil?: number | undefined;
  /** Why the last attempt failed. */
  readonly error?: string | undefined;
  /** It does not match any more. What was counted is kept; to come back it has to be admitted again. */
  readonly isAway?: true | undefined;
}

/** `given`: an attempt is under way. `resting`: one failed, another will follow. `applied` and `failed` are results. */
export type AdmissionState = 'given' | 'applied' | 'resting' | 'failed';
