import type { RolloutEffect, RolloutProgress } from '@muster/registry';
import { durationText, type RolloutPhase, type RolloutPolicy } from '@muster/twin';
import { type FinishedCounts, isThresholdExceeded } from './abort-threshold.js';
import { phaseOf } from './phase-of.js';
import { abortRollout } from './roll-back.js';
import { admissionGate } from './schedule/admission-gate.js';
import { allowedBy, allowedInMs, refillAllowance, spendAllowance } from './schedule/allowance.js';
import { targetOf } from './target-of.js';
import { isOver, MUSTER, transition } from './transition.js';

/** The counts of a rollout, once the whole fleet is known. */
export interface RolloutFacts extends FinishedCounts {
  /** The newest generation of the configuration. */
  readonly generation: number;
  readonly matching: number;
  /** Matching devices that are admitted, with any result. */
  readonly admitted: number;
  /** Granted devices whose admission is not written yet. They take room, and until then no phase is reached. */
  readonly granted: number;
}

export interface RolloutTick {
  /** Wall-clock time, in milliseconds since 1970: for `startAt` and `window` only. */
  readonly now: number;
  /** Time since the previous tick in milliseconds, by a monotonic clock; 0 for the first tick after a start. */
  readonly elapsedMs: number;
  /**
   * The time that refills the rate limiter, without time in which a granted device was not written yet. Absent: all of
   * the elapsed time.
   */
  readonly refillMs?: number;
}

export interface RolloutStep {
  readonly progress: RolloutProgress;
  /** Whether more than elapsed time changed. Then the progress is stored before any device is admitted. */
  readonly mustStore: boolean;
  /** Number of waiting devices that may be admitted now, in order. */
  readonly admit: number;
  /** Whether each device is admitted only while the window is open in its own time zone. */
  readonly byDeviceWindow: boolean;
  readonly waitsFor?: RolloutWait | undefined;
  /** When the rollout may change without an event, in milliseconds since 1970; for a rate, when to check again. */
  readonly nextAt?: number | undefined;
  readonly effect?: RolloutEffect | undefined;
}

/** Why the rollout waits, for operators. */
export interface RolloutWait {
  readonly code: 'over' | 'paused' | 'nobody-matches' | 'start' | 'window' | 'rate' | 'phase';
  readonly text: string;
}

/**
 * Advances a rollout by time and results. The failure threshold is checked first, also while paused. Once it is
 * exceeded, no more devices are admitted. A phase is reached when its target number is admitted, and its wait begins.
 * After the wait the next phase opens; after the last one the rollout is complete. Without a matching device no phase
 * is reached.
 */
export function advanceRollout(
  progress: RolloutProgress,
  policy: RolloutPolicy,
  facts: RolloutFacts,
  tick: RolloutTick,
): RolloutStep {
  if (isOver(progress.state)) return resting(progress, progress, { code: 'over', text: progress.reason.text });
  if (isThresholdExceeded(policy.abort, facts)) return stopped(progress, policy, facts, tick);
  if (progress.state === 'paused') return resting(progress, progress, { code: 'paused', text: progress.reason.text });
  const begun = facts.admitted > 0 ? begin(progress, tick.now) : progress;
  const moved = openPhases(elapsed(begun, policy, tick), policy, facts, tick);
  if (moved.state !== 'complete') return admitting(progress, moved, policy, facts, tick);
  return { ...resting(progress, moved, { code: 'over', text: moved.reason.text }), effect: { kind: 'completed' } };
}

/** The progress with `count` more admissions. It is stored before they happen, so that no rate is exceeded. */
export function spendAdmissions(progress: RolloutProgress, policy: RolloutPolicy, admissions: number): RolloutProgress {
  if (policy.ratePerMinute === undefined) return progress;
  return { ...progress, allowance: spendAllowance(progress.allowance, admissions) };
}

/**
 * The last stored progress, when the server starts. Admissions since the last write are unknown, so the rate limiter
 * starts empty.
 */
export function restoreRollout(progress: RolloutProgress): RolloutProgress {
  return { ...progress, allowance: 0 };
}

function resting(before: RolloutProgress, progress: RolloutProgress, waitsFor: RolloutWait): RolloutStep {
  return { progress, mustStore: isNews(before, progress), admit: 0, byDeviceWindow: false, waitsFor };
}

function stopped(
  progress: RolloutProgress,
  { abort, onAbort }: RolloutPolicy,
  { applied, failed, generation }: RolloutFacts,
  { now }: RolloutTick,
): RolloutStep {
  const text = `${failed} of ${applied + failed} that finished failed, which is more than ${abort?.failedPercent} %`;
  const change = { code: 'too-many-failures', text, by: MUSTER, at: now } as const;
  const outcome = abortRollout(progress, onAbort, generation + 1, change);
  return { ...resting(progress, outcome.progress, { code: 'over', text }), effect: outcome.effect };
}

function elapsed(
  { isJustResumed, ...progress }: RolloutProgress,
  { ratePerMinute }: RolloutPolicy,
  tick: RolloutTick,
): RolloutProgress {
  const elapsedMs = isJustResumed ? 0 : tick.elapsedMs;
  const refillMs = Math.min(elapsedMs, tick.refillMs ?? elapsedMs);
  const { reachedForMs, allowance } = progress;
  return {
    ...progress,
    ...(reachedForMs === undefined ? {} : { reachedForMs: reachedForMs + elapsedMs }),
    allowance: ratePerMinute === undefined ? 0 : refillAllowance(allowance, ratePerMinute, refillMs),
  };
}

function openPhases(
  progress: RolloutProgress,
  policy: RolloutPolicy,
  { matching, admitted }: RolloutFacts,
  { now }: RolloutTick,
): RolloutProgress {
  let current = progress;
  for (;;) {
    const phase = phaseOf(policy, current.phase);
    const isReached = matching > 0 && admitted >= targetOf(phase.percent, matching);
    if (current.reachedForMs === undefined && isReached) current = { ...current, reachedForMs: 0 };
    if (current.reachedForMs === undefined || current.reachedForMs < phase.waitMs) return current;
    const { reachedForMs: _, ...rest } = current;
    if (current.phase === policy.phases.length - 1) {
      const text = 'everybody who matches was admitted';
      return transition(rest, 'complete', { code: 'all-admitted', text, by: MUSTER, at: now });
    }
    const { percent } = phaseOf(policy, current.phase + 1);
    const text = `phase ${current.phase + 2} of ${policy.phases.length} opened: ${percent} %`;
    const opened = { ...rest, phase: current.phase + 1 };
    current = transition(opened, current.state, { code: 'phase-opened', text, by: MUSTER, at: now });
  }
}

function admitting(
  before: RolloutProgress,
  progress: RolloutProgress,
  policy: RolloutPolicy,
  { matching, admitted, granted }: RolloutFacts,
  { now }: RolloutTick,
): RolloutStep {
  const phase = phaseOf(policy, progress.phase);
  const room = Math.max(0, targetOf(phase.percent, matching) - admitted - granted);
  const opening = openingFor(room, progress, policy, now);
  const begun = opening.admit > 0 ? begin(progress, now) : progress;
  const waitEndsAt =
    progress.reachedForMs === undefined ? undefined : now + Math.max(0, phase.waitMs - progress.reachedForMs);
  const idle = matching === 0 ? NOBODY : waitEndsAt === undefined ? undefined : phaseWait(progress, policy, phase);
  return {
    progress: begun,
    mustStore: isNews(before, begun),
    admit: opening.admit,
    byDeviceWindow: policy.window?.timezone.kind === 'tag',
    waitsFor: opening.waitsFor ?? (opening.admit > 0 ? undefined : idle),
    nextAt: earliest(opening.nextAt, waitEndsAt),
  };
}

const NOBODY: RolloutWait = { code: 'nobody-matches', text: 'nobody matches yet' };

interface Opening {
  readonly admit: number;
  readonly waitsFor?: RolloutWait;
  readonly nextAt?: number;
}

/** Limits the number of devices to what schedule and rate allow. */
function openingFor(room: number, { allowance }: RolloutProgress, policy: RolloutPolicy, now: number): Opening {
  if (room === 0) return { admit: 0 };
  const gate = admissionGate(policy, now);
  if (!gate.isOpen) return { admit: 0, waitsFor: { code: gate.code, text: gate.text }, nextAt: gate.opensAt };
  const { ratePerMinute } = policy;
  if (ratePerMinute === undefined) return { admit: room };
  const admit = Math.min(room, allowedBy(allowance));
  if (admit === room) return { admit };
  const inMs = allowedInMs(spendAllowance(allowance, admit), ratePerMinute, room - admit);
  const waitsFor: RolloutWait = { code: 'rate', text: `admits ${ratePerMinute} devices a minute` };
  return { admit, waitsFor, nextAt: now + inMs };
}

function begin(progress: RolloutProgress, now: number): RolloutProgress {
  if (progress.state !== 'waiting') return progress;
  return transition(progress, 'running', { code: 'begun', text: 'devices are admitted', by: MUSTER, at: now });
}

function phaseWait(
  { phase }: RolloutProgress,
  { phases }: RolloutPolicy,
  { percent, waitMs }: RolloutPhase,
): RolloutWait {
  const text = `phase ${phase + 1} of ${phases.length} has its ${percent} % and waits for ${durationText(waitMs)}`;
  return { code: 'phase', text };
}

/** The progress without elapsed time. */
function isNews(before: RolloutProgress, after: RolloutProgress): boolean {
  const names = ['key', 'state', 'reason', 'phase', 'isJustResumed', 'isWithdrawn'] as const;
  const isReached = (one: RolloutProgress) => one.reachedForMs !== undefined;
  return isReached(before) !== isReached(after) || names.some((name) => before[name] !== after[name]);
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
