import type { Admission, RolloutState } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';

/** The part of a configuration and its rollout on which the admission of a device depends. */
export interface AdmittingRollout {
  /** The id of the configuration. */
  readonly id: string;
  readonly created: number;
  readonly key: number;
  /** Index of the current phase in the policy, from 0. */
  readonly phase: number;
  readonly state: RolloutState;
  readonly enabled: boolean;
  readonly policy: RolloutPolicy;
}

/**
 * Admits a device whose turn it is, or resumes the admission that it held when it stopped matching. Takes the desired
 * version before the document that follows, and whether the device is connected. `now` is in milliseconds since 1970.
 */
export function admit(
  before: Admission | undefined,
  rollout: AdmittingRollout,
  { desiredVersion, isConnected }: { readonly desiredVersion: number; readonly isConnected: boolean },
  now: number,
): Admission {
  const { id, created, key, phase } = rollout;
  const sent = isConnected ? { isSent: true as const } : {};
  if (before === undefined || !isOfRollout(before, rollout)) {
    return { id, created, key, phase, givenAt: now, attempts: 1, state: 'given', version: desiredVersion, ...sent };
  }
  if (before.isAway === undefined) return before;
  const { isAway: _, ...back } = before;
  return { ...back, version: desiredVersion, ...(back.state === 'given' ? sent : {}) };
}

/** Whether an admission is to the content being rolled out. Admissions to earlier content do not count. */
export function isOfRollout(admission: Admission, { id, created, key }: AdmittingRollout): boolean {
  return admission.id === id && admission.created === created && admission.key === key;
}
