import { parseRollout, type RolloutFailureView, type RolloutPhaseView, type RolloutView } from '@muster/api';
import type { ConfigurationRecord, RolloutProgress } from '@muster/registry';
import { type Json, LIMITS, type RolloutPolicy } from '@muster/twin';
import { DeviceWalk, type DeviceWalkParts } from '../fleet/device-walk.js';
import { CONVERGED_WITHIN_MS } from '../rollout/converged-within.js';
import { targetOf } from '../rollout/target-of.js';
import type { LiveRollout } from './live-rollout.js';

/** Failed devices read at most, to group them by error. */
const FAILURES_READ_MAX = 10_000;

interface ViewParts extends DeviceWalkParts {
  readonly matchedOf: (record: ConfigurationRecord) => number;
  /** Number of devices by generation of a configuration, the newest first. */
  readonly generationsOf: (record: ConfigurationRecord) => RolloutView['generations'];
}

/** The rollout as operators see it. `live` is undefined until its counts are known. */
export async function rolloutView(
  record: ConfigurationRecord,
  progress: RolloutProgress,
  live: LiveRollout | undefined,
  parts: ViewParts,
): Promise<RolloutView> {
  const isKnown = live && live.record.rollout === record.rollout;
  const policy = isKnown ? live.policy : record.rollout && parseRollout(record.rollout as unknown as Json, '/rollout');
  const { state, reason, changedBy, changedAt, stable, phase } = progress;
  return {
    state,
    reason,
    changedBy,
    changedAt: new Date(changedAt).toISOString(),
    generation: record.generation,
    ...(stable === undefined ? {} : { stable }),
    phase: phase + 1,
    phases: policy ? phasesOf(policy, live, parts.matchedOf(record)) : [],
    ...(live && !live.isOver ? expected(live, parts.clock.now()) : {}),
    generations: parts.generationsOf(record),
    converged: convergedOf(live),
    ...(await failuresOf(live, parts)),
  };
}

function phasesOf({ phases }: RolloutPolicy, live: LiveRollout | undefined, matching: number): RolloutPhaseView[] {
  return phases.map(({ percent, waitMs }, index) => ({
    percent,
    waitMs,
    target: targetOf(percent, matching),
    ...(live?.counts.phase(index) ?? { admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 }),
  }));
}

function expected(live: LiveRollout, now: number): Pick<RolloutView, 'waitsFor' | 'nextAt'> {
  const { step, zoneless } = live;
  const opensAt = step?.byDeviceWindow && step.admit > 0 && live.openSize(now) === 0 ? live.opensAt(now) : undefined;
  const shut = { code: 'window', text: 'outside of the windows of all who wait' } as const;
  const missing = { code: 'timezone', text: `${zoneless} devices have no time zone that is known` } as const;
  const hindrance = opensAt === undefined ? undefined : shut;
  const waitsFor = step?.waitsFor ?? hindrance ?? (zoneless > 0 ? missing : undefined);
  const nextAt = opensAt ?? step?.nextAt;
  return {
    ...(waitsFor ? { waitsFor } : {}),
    ...(nextAt !== undefined && Number.isFinite(nextAt) ? { nextAt: new Date(nextAt).toISOString() } : {}),
  };
}

function convergedOf(live: LiveRollout | undefined): RolloutView['converged'] {
  return [...CONVERGED_WITHIN_MS, undefined].map((withinMs, step) => ({
    ...(withinMs === undefined ? {} : { withinMs }),
    devices: live?.counts.converged[step] ?? 0,
  }));
}

async function failuresOf(
  live: LiveRollout | undefined,
  parts: DeviceWalkParts,
): Promise<Pick<RolloutView, 'failures' | 'failuresLeftOut'>> {
  const groups = new Map<string, { error: string; devices: number; sample: string[] }>();
  let grouped = 0;
  const read = [...(live?.counts.failed ?? [])].slice(0, FAILURES_READ_MAX);
  await new DeviceWalk(parts).of(read, ({ id, admissions }) => {
    const admission = admissions?.find((one) => one.id === live?.id);
    if (!admission) return;
    const { error = 'failed without saying why' } = admission;
    const group = groups.get(error) ?? { error, devices: 0, sample: [] };
    groups.set(error, group);
    group.devices += 1;
    grouped += 1;
    if (group.sample.length < LIMITS.previewSampleMax) group.sample.push(id);
  });
  const all: RolloutFailureView[] = [...groups.values()].sort((left, right) => right.devices - left.devices);
  const failures = all.slice(0, LIMITS.rolloutFailuresMax);
  const shown = failures.reduce((sum, { devices }) => sum + devices, 0);
  return { failures, failuresLeftOut: (live?.counts.failed.size ?? 0) - grouped + (grouped - shown) };
}
