import type { Acknowledgement, Admission, ConfigurationAssignment } from '@muster/registry';
import { durationText } from '@muster/twin';
import { type AdmittingRollout, admit, isOfRollout } from './admit.js';
import { restMs } from './rest-ms.js';

/** Facts about an admitted device, from its record before the next write. */
export interface AdmissionFacts {
  readonly device: string;
  /** Whether the condition of the rolled-out generation is TRUE. */
  readonly matches: boolean;
  /** The assignment of that generation; undefined while it is not a layer of the device. */
  readonly standing: ConfigurationAssignment | undefined;
  readonly acknowledged: Acknowledgement | undefined;
  /** Why its document cannot be sent. */
  readonly problem?: string | undefined;
  readonly desiredVersion: number;
  readonly isConnected: boolean;
  /**
   * How long this connection has lasted while the device owed an answer in this attempt, in milliseconds. The time of
   * earlier connections is in the admission.
   */
  readonly silentMs: number;
}

export interface AdmissionStep {
  readonly admission: Admission | undefined;
  /** Milliseconds until the pause or the attempt ends by time alone; absent if neither does. */
  readonly dueInMs?: number | undefined;
}

/**
 * Returns the next admission of a device. It ends the current attempt if that is over, checks whether the device still
 * matches, and begins the next attempt if one is due. Call it before the document of the device is made, in the same
 * decision. `now` is in milliseconds since 1970. With the same facts again it changes nothing.
 */
export function nextAdmission(
  admission: Admission | undefined,
  facts: AdmissionFacts,
  rollout: AdmittingRollout,
  now: number,
): AdmissionStep {
  if (admission === undefined || !isOfRollout(admission, rollout)) return { admission: undefined };
  const judged = judge(admission, facts, rollout, now);
  if (!rollout.enabled) return { admission: judged };
  if (!facts.matches) return { admission: leave(judged, facts, rollout, now) };
  const present = rollout.state === 'complete' ? admit(judged, rollout, facts, now) : judged;
  if (present.isAway) return { admission: present };
  switch (present.state) {
    case 'given':
      return given(present, facts, rollout);
    case 'resting':
      return rest(present, facts, rollout, now);
    case 'applied':
    case 'failed':
      return { admission: present };
  }
}

/** Whether an attempt is in progress that the device should answer. An overridden generation is not an attempt. */
export function owesAnswer(admission: Admission, standing: ConfigurationAssignment | undefined): boolean {
  if (admission.state !== 'given' || admission.isAway || standing === undefined) return false;
  return standing.since !== undefined && !standing.applied && !standing.overridden;
}

/** Whether the facts show how the attempt ended, and the admission does not yet. */
export function isAnswered(
  { state, isAway }: Admission,
  facts: Pick<AdmissionFacts, 'standing' | 'acknowledged' | 'problem'>,
): boolean {
  const { standing } = facts;
  if (isAway || standing === undefined || standing.overridden) return false;
  if (standing.applied) return state === 'given' || state === 'failed';
  return (state === 'given' || state === 'applied') && failureOf(facts, standing) !== undefined;
}

/** The admission after a connection ended in which the device owed an answer and was silent for this time. */
export function disconnected(admission: Admission, silentMs: number): Admission {
  if (admission.state !== 'given' || silentMs === 0) return admission;
  return { ...admission, spentMs: (admission.spentMs ?? 0) + silentMs };
}

function judge(admission: Admission, facts: AdmissionFacts, rollout: AdmittingRollout, now: number): Admission {
  const { standing } = facts;
  if (admission.isAway || standing === undefined || standing.overridden) return admission;
  if (standing.applied && admission.state === 'resting') return admission;
  if (standing.applied) return succeeded(admission, facts.acknowledged, standing, now);
  const error = failureOf(facts, standing);
  switch (admission.state) {
    case 'given':
      if (error !== undefined) return ended(admission, error, facts, rollout, now);
      if (silentForMs(admission, facts) < (rollout.policy.timeoutMs ?? Number.POSITIVE_INFINITY)) return admission;
      return ended(admission, `no answer for ${durationText(rollout.policy.timeoutMs ?? 0)}`, facts, rollout, now);
    case 'applied':
      // Held before, lost, assigned again: this is not an attempt and is not retried.
      return error === undefined ? admission : { ...admission, state: 'failed', error };
    case 'resting':
    case 'failed':
      return admission;
  }
}

/** A device that keeps the generation although it failed may apply it in the end. */
function succeeded(
  admission: Admission,
  acknowledged: Acknowledgement | undefined,
  { since = 0 }: ConfigurationAssignment,
  now: number,
): Admission {
  if (admission.state === 'applied') return admission;
  const { error: _, spentMs: __, ...rest } = admission;
  const appliedAt = acknowledged && acknowledged.version >= since ? acknowledged.at : now;
  const tookMs = since > admission.version ? Math.max(0, appliedAt - admission.givenAt) : 0;
  return { ...rest, state: 'applied', convergedMs: admission.convergedMs ?? tookMs };
}

/** The device's report on a version with the generation, or the problem that no such version could be made. */
function failureOf(
  { acknowledged, problem }: Pick<AdmissionFacts, 'acknowledged' | 'problem'>,
  { since }: ConfigurationAssignment,
): string | undefined {
  if (since === undefined) return problem;
  if (acknowledged?.status !== 'failed' || acknowledged.version < since) return undefined;
  return acknowledged.error ?? 'failed without saying why';
}

function silentForMs(admission: Admission, { standing, isConnected, silentMs }: AdmissionFacts): number {
  return owesAnswer(admission, standing) && isConnected ? (admission.spentMs ?? 0) + silentMs : 0;
}

/** An attempt that made no new version cannot be repeated: the device has already answered for that document. */
function ended(
  admission: Admission,
  error: string,
  { device, standing, acknowledged }: AdmissionFacts,
  { policy }: AdmittingRollout,
  now: number,
): Admission {
  const { isSent: _, spentMs: __, ...rest } = admission;
  const isAnswered = acknowledged?.status === 'failed' && acknowledged.version >= (standing?.since ?? Infinity);
  const isUnchanged = isAnswered && (standing?.since ?? Infinity) <= admission.version;
  if (isUnchanged || admission.attempts > policy.retries) return { ...rest, state: 'failed', error };
  return { ...rest, state: 'resting', error, restUntil: now + restMs(device, admission.attempts) };
}

/**
 * The attempt ends if the device may have received the document and stops matching before it answers. Otherwise a
 * document that makes it leave and return would be sent forever. A document that it never received is sent later.
 */
function leave(admission: Admission, facts: AdmissionFacts, rollout: AdmittingRollout, now: number): Admission {
  if (admission.isAway) return admission;
  const { standing } = facts;
  const wasSent = admission.isSent || facts.isConnected;
  const isCutOff = wasSent && owesAnswer(admission, standing) && (standing?.since ?? 0) > admission.version;
  const left = isCutOff ? ended(admission, 'ceased to match before it answered', facts, rollout, now) : admission;
  return { ...left, isAway: true };
}

function given(admission: Admission, facts: AdmissionFacts, { policy }: AdmittingRollout): AdmissionStep {
  const isNewlySent = facts.isConnected && admission.isSent === undefined;
  const sent = isNewlySent ? { ...admission, isSent: true as const } : admission;
  if (policy.timeoutMs === undefined || !facts.isConnected || !owesAnswer(sent, facts.standing))
    return { admission: sent };
  return { admission: sent, dueInMs: policy.timeoutMs - silentForMs(sent, facts) };
}

function rest(admission: Admission, facts: AdmissionFacts, rollout: AdmittingRollout, now: number): AdmissionStep {
  const { attempts, error, restUntil = now, ...kept } = admission;
  const wholeMs = restMs(facts.device, attempts);
  // A clock that was set back would lengthen the pause by that time.
  if (restUntil - now > wholeMs) return { admission: { ...admission, restUntil: now + wholeMs }, dueInMs: wholeMs };
  if (restUntil > now) return { admission, dueInMs: restUntil - now };
  if (attempts > rollout.policy.retries) return { admission: { ...kept, attempts, error, state: 'failed' } };
  if (!isRetrying(rollout)) return { admission };
  const { isSent: _, ...fresh } = kept;
  const sent = facts.isConnected ? { isSent: true as const } : {};
  const attempt = { ...fresh, attempts: attempts + 1, state: 'given', version: facts.desiredVersion, ...sent } as const;
  return { admission: attempt };
}

function isRetrying({ state }: AdmittingRollout): boolean {
  return state === 'waiting' || state === 'running' || state === 'complete';
}
