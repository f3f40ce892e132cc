import type { Admission, RolloutState } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';

/** What of a configuration and its rollout matters to the admission of a device. */
export interface AdmittingRollout {
  /** The id of the configuration. */
  readonly id: string;
  readonly created: number;
  readonly key: number;
  /** The place of the current phase in the policy, from 0. */
  readonly phase: number;
  readonly state: RolloutState;
  readonly enabled: boolean;
  readonly policy: RolloutPolicy;
}

/**
 * The admission of a device whose turn it is: its first attempt, or what it had come to when it ceased to match. Given
 * the desired version before the document that follows, and whether the device is connected; `now` is in milliseconds
 * since 1970.
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

/** Whether an admission is of the content that is being rolled out; any other is void. */
export function isOfRollout(admission: Admission, { id, created, key }: AdmittingRollout): boolean {
  return admission.id === id && admission.created === created && admission.key === key;
}
