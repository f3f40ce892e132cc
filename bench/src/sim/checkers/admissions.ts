import { isAdmitted, targetOf } from '@muster/reconciler';
import { type ConfigurationRecord, type DeviceEntry, type DeviceRecord, isLive } from '@muster/registry';
import { admissionOf, isTrueFor, policyOf, storedConfigurations, storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S6 S7 admitted devices stay admitted, a phase admits no more than its share, and a stopped rollout none';

/** The facts about one rolled-out content since the last check of a healthy server. */
interface Known {
  readonly content: string;
  /** Devices that matched at any moment: the server may have learned of each at a different one. */
  readonly matched: Set<string>;
  /** The highest percentage that was open at any moment. */
  percent: number;
  /** Whether no device may be admitted until the rollout is written again. */
  isStill: boolean;
}

export function admissions(): Checker {
  const known = new Map<string, Known>();
  const look = (one: ConfigurationRecord, world: World): void => {
    const before = known.get(one.id);
    const isSame = before?.content === contentOf(one);
    const matched = new Set(storedDevices(world).flatMap((record) => (isMatching(one, record) ? [record.id] : [])));
    const percent = Math.max(percentOf(one), isSame ? before.percent : 0);
    for (const id of isSame ? before.matched : []) matched.add(id);
    known.set(one.id, { content: contentOf(one), matched, percent, isStill: false });
  };
  const changed = (before: DeviceEntry | undefined, after: DeviceRecord, world: World): void => {
    for (const one of storedConfigurations(world)) {
      const rollout = known.get(one.id);
      if (!one.progress || rollout?.content !== contentOf(one)) continue;
      if (isMatching(one, after)) rollout.matched.add(after.id);
      const was = isLive(before) && isAdmitted(admissionOf(one, before));
      const is = isAdmitted(admissionOf(one, after));
      if (!was && is) checkAdmitted(world, one, rollout, after.id);
      if (was && !is && one.enabled && isMatching(one, after)) {
        world.fail(NAME, `${after.id} is no longer admitted by ${one.id}`);
      }
    }
  };
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || !event.after || event.before === event.after) return;
      if (event.entryKind === 'configuration') look(event.after as ConfigurationRecord, world);
      else if (isLive(event.after as DeviceEntry)) {
        changed(event.before as DeviceEntry | undefined, event.after as DeviceRecord, world);
      }
    },
    atRest: (world) => {
      known.clear();
      for (const one of storedConfigurations(world)) {
        look(one, world);
        const state = one.progress?.state;
        const rollout = known.get(one.id);
        if (rollout)
          rollout.isStill = !one.enabled || state === 'paused' || state === 'aborted' || state === 'rolledBack';
        checkExact(world, one);
      }
    },
  };
}

function checkAdmitted(
  world: World,
  one: ConfigurationRecord,
  { matched, percent, isStill }: Known,
  device: string,
): void {
  if (one.progress?.state === 'complete') return;
  if (isStill) world.fail(NAME, `${device} is admitted by ${one.id}, which is ${one.progress?.state}`);
  const count = admittedBy(world, one);
  const target = targetOf(percent, matched.size);
  if (count > target) world.fail(NAME, `${one.id} has admitted ${count} with ${device}, and should ${target}`);
}

/** A rollout that only phases hold back has admitted every device that it may. */
function checkExact(world: World, one: ConfigurationRecord): void {
  const policy = policyOf(one);
  const isGoingOn = one.enabled && (one.progress?.state === 'waiting' || one.progress?.state === 'running');
  if ((!isGoingOn || !policy || policy.ratePerMinute) ?? policy.startAt ?? policy.window) return;
  const matching = storedDevices(world).filter((record) => isMatching(one, record)).length;
  const [count, target] = [admittedBy(world, one), targetOf(percentOf(one), matching)];
  if (count < target) world.fail(NAME, `${one.id} has admitted ${count} at rest instead of ${target}`);
}

function admittedBy(world: World, one: ConfigurationRecord): number {
  return storedDevices(world).filter((record) => isAdmitted(admissionOf(one, record))).length;
}

function isMatching(one: ConfigurationRecord, record: DeviceRecord): boolean {
  return !one.deleted && isTrueFor(one.targetCondition, record);
}

function contentOf({ created, progress }: ConfigurationRecord): string {
  return `${created} ${progress?.key}`;
}

function percentOf(one: ConfigurationRecord): number {
  const { progress } = one;
  if (progress?.state === 'complete') return 100;
  return progress ? (policyOf(one)?.phases[progress.phase]?.percent ?? 0) : 0;
}
