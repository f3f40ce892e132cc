import type { Acknowledgement, Admission, ConfigurationAssignment } from '@muster/registry';
import { durationText } from '@muster/twin';
import { type AdmittingRollout, admit, isOfRollout } from './admit.js';
import { restMs } from './rest-ms.js';

/** What is known of a device that was admitted, from its record as it is before it is written anew. */
export interface AdmissionFacts {
  readonly device: string;
  /** Whether the condition of the generation that is rolled out is TRUE. */
  readonly matches: boolean;
  /** How that generation stands with the device; undefined while it is not its layer. */
  readonly standing: ConfigurationAssignment | undefined;
  readonly acknowledged: Acknowledgement | undefined;
  /** Why its document cannot be sent. */
  readonly problem?: string | undefined;
  readonly desiredVersion: number;
  readonly isConnected: boolean;
  /**
   * How long it is connected by now, in milliseconds of elapsed time, while `owesAnswer`: in this attempt and in this
   * connection. Stretches that have ended are in the admission.
   */
  readonly silentMs: number;
}

export interface AdmissionStep {
  readonly admission: Admission | undefined;
  /** In how many milliseconds time alone changes something: the rest ends, or the attempt. Away: it does not. */
  readonly dueInMs?: number | undefined;
}

/**
 * What becomes of the admission of a device. It ends the attempt under way, if it has ended; then it looks whether the
 * device still matches; then it begins the next attempt, if one is due. To be called before the document of the device
 * is made and together with it. `now` is in milliseconds since 1970. Asked again with the same facts it changes nothing.
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

/** Whether an attempt is under way that the device should answer: an overridden document is nobody's attempt. */
export function owesAnswer(admission: Admission, standing: ConfigurationAssignment | undefined): boolean {
  if (admission.state !== 'given' || admission.isAway || standing === undefined) return false;
  return standing.since !== undefined && !standing.applied && !standing.overridden;
}

/** Whether what is known of the device by now says how its attempt came out, and the admission does not say so yet. */
export function isAnswered(
  { state, isAway }: Admission,
  facts: Pick<AdmissionFacts, 'standing' | 'acknowledged' | 'problem'>,
): boolean {
  const { standing } = facts;
  if (isAway || standing === undefined || standing.overridden) return false;
  if (standing.applied) return state === 'given' || state === 'failed';
  return (state === 'given' || state === 'applied') && failureOf(facts, standing) !== undefined;
}

/** The admission after a connection ended, in which the device was silent for so long while it owed an answer. */
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
      // It had it, lost it and was given it again: that was no attempt, and there will be no other.
      return error === undefined ? admission : { ...admission, state: 'failed', error };
    case 'resting':
    case 'failed':
      return admission;
  }
}

/** A device that keeps the generation although it failed may have it in the end. */
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

/** Its own word on a version that holds the generation, or that no such version could be made. */
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

/** An attempt that brought no version cannot be repeated: the device has said what it thinks of that document. */
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
 * An attempt is over when the device may have got it and ceases to match before it answered: else a document that makes
 * it leave and come back would be sent to it for ever. What it never got is still to come.
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
  // A clock that was put back would make the rest as much longer.
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
