import type { Admission, DeviceRecord } from '@muster/registry';
import type { CachedConfiguration, Match } from '../cache/configuration-cache.js';
import { type AdmittingRollout, admit, isOfRollout } from '../rollout/admission/admit.js';
import { isAdmitted } from '../rollout/admission/layer-of.js';
import {
  type AdmissionFacts,
  type AdmissionStep,
  disconnected,
  isAnswered,
  nextAdmission,
} from '../rollout/admission/next-admission.js';

/** The context in which a device is reconciled, by configuration. */
export interface EvaluationContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly entryOf: (configuration: string) => CachedConfiguration | undefined;
  /** The rollout that admits the device now. */
  readonly granting: (configuration: string) => AdmittingRollout | undefined;
  /** As in `AdmissionFacts`. */
  readonly silentMs: (configuration: string) => number;
  /** Silent time of ended connections that is not stored in the admission yet, in milliseconds. */
  readonly spentMs: (configuration: string) => number;
}

/**
 * Returns the admissions that follow from the record of a device; undefined if they stay as they are. Admissions to
 * content that is no longer rolled out do not count, and are removed with the next write of admissions.
 */
export function deviceAdmissions(
  record: DeviceRecord,
  matches: readonly Match[],
  context: EvaluationContext,
): readonly Admission[] | undefined {
  const before = record.admissions ?? [];
  const kept = before.flatMap((admission) => {
    const next = nextOf(record, admission, matches, context);
    return next ? [next] : [];
  });
  const isKept = (id: string): boolean => kept.some((one) => one.id === id);
  const fresh = matches.flatMap(({ entry, current }) => {
    const rollout = current && !isKept(entry.record.id) ? context.granting(entry.record.id) : undefined;
    return rollout ? [admit(undefined, rollout, standingFacts(record), context.now)] : [];
  });
  const isSame = fresh.length === 0 && kept.every((one) => before.includes(one));
  return isSame ? undefined : [...kept, ...fresh].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Milliseconds until time alone changes a device as it is stored. */
export function dueInMs(record: DeviceRecord, context: EvaluationContext): number | undefined {
  const dues = (record.admissions ?? []).flatMap((admission) => {
    const due = isTimed(record, admission, context) ? stepOf(record, admission, true, context).dueInMs : undefined;
    return due === undefined ? [] : [due];
  });
  return dues.length === 0 ? undefined : Math.min(...dues);
}

/** Whether the record shows how an attempt ended but its admissions do not; then reconcile again. */
export function isAnyAnswered(record: DeviceRecord, { entryOf }: Pick<EvaluationContext, 'entryOf'>): boolean {
  return (record.admissions ?? []).some((admission) => {
    const entry = entryOf(admission.id);
    if (!entry?.rollout || !isOfRollout(admission, entry.rollout)) return false;
    return isAnswered(admission, factsOf(record, entry));
  });
}

/** Checked after every change of a device, and rarely true. */
function isTimed(
  { connected }: DeviceRecord,
  { id, state, isAway }: Admission,
  { entryOf }: EvaluationContext,
): boolean {
  if (isAway || state !== 'given') return !isAway && state === 'resting';
  return connected && entryOf(id)?.rollout?.policy.timeoutMs !== undefined;
}

function nextOf(
  record: DeviceRecord,
  admission: Admission,
  matches: readonly Match[],
  context: EvaluationContext,
): Admission | undefined {
  const isMatching = matches.some(({ entry, current }) => current && entry.record.id === admission.id);
  const next = stepOf(record, admission, isMatching, context).admission;
  if (!next || isAdmitted(next) || !isMatching) return next;
  const rollout = context.granting(admission.id);
  return rollout ? admit(next, rollout, standingFacts(record), context.now) : next;
}

function stepOf(
  record: DeviceRecord,
  admission: Admission,
  matches: boolean,
  { now, entryOf, silentMs, spentMs }: EvaluationContext,
): Partial<AdmissionStep> {
  const entry = entryOf(admission.id);
  if (!entry?.rollout || !isOfRollout(admission, entry.rollout)) return {};
  const spent = spentMs(admission.id);
  const facts = { ...factsOf(record, entry), matches, silentMs: silentMs(admission.id) };
  return nextAdmission(spent > 0 ? disconnected(admission, spent) : admission, facts, entry.rollout, now);
}

function factsOf(record: DeviceRecord, entry: CachedConfiguration): Omit<AdmissionFacts, 'matches' | 'silentMs'> {
  return {
    device: record.id,
    standing: standingIn(record, entry),
    acknowledged: record.acknowledged,
    problem: record.problem?.message,
    ...standingFacts(record),
  };
}

/** The assignment of the rolled-out generation. */
export function standingIn({ configurations }: DeviceRecord, { layer }: CachedConfiguration) {
  return configurations.find(
    ({ id, created, generation }) =>
      id === layer.id && created === layer.created && generation === layer.contentGeneration,
  );
}

function standingFacts({ desiredVersion, connected }: DeviceRecord) {
  return { desiredVersion, isConnected: connected };
}
