import type { ConfigurationCounts, RolloutPhaseView } from '@muster/api';
import { admissionResult, isAdmitted, targetOf } from '@muster/reconciler';
import { type ConfigurationRecord, type DeviceRecord, type DeviceStanding, standingOf } from '@muster/registry';
import { admissionOf, isTrueFor, policyOf, storedConfigurations, storedDevices } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S20 the counts of a rollout equal those of a scan of every device';

export function rolloutCounts(): Checker {
  return {
    name: NAME,
    atRest: async (world) => {
      const { reconciler } = world.server ?? {};
      const devices = storedDevices(world);
      for (const one of storedConfigurations(world)) {
        if (!one.progress) continue;
        compare(world, `${one.id} is counted as`, reconciler?.status(one.id), statusOf(one, devices));
        const view = await reconciler?.rolloutStatus(one);
        if (!view) continue;
        const { state, phase } = one.progress;
        compare(world, `${one.id} is shown as`, [view.state, view.phase], [state, phase + 1]);
        if (policyOf(one) && state !== 'rolledBack') {
          compare(world, `the phases of ${one.id} are`, view.phases, phasesOf(one, devices));
        }
      }
    },
  };
}

function compare(world: World, text: string, actual: unknown, expected: unknown): void {
  const [left, right] = [sorted(actual), sorted(expected)];
  if (left !== right) world.fail(NAME, `${text} ${left} instead of ${right}`);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

/** Counts the devices from scratch, each by its state. */
function statusOf(one: ConfigurationRecord, devices: readonly DeviceRecord[]): ConfigurationCounts {
  const counts = { matched: 0, admitted: 0, winning: 0, overridden: 0, applied: 0, failed: 0, pending: 0, offline: 0 };
  for (const record of devices) {
    const isMatching = one.enabled && !one.progress?.isWithdrawn && isTrueFor(one.targetCondition, record);
    if (!isMatching) continue;
    counts.matched += 1;
    const standing = resultIn(one, record);
    if (!standing) continue;
    counts.admitted += 1;
    counts[standing] += 1;
    if (standing !== 'overridden') counts.winning += 1;
    if (standing === 'pending' && !record.connected) counts.offline += 1;
  }
  return counts;
}

/** Returns undefined if the device is not admitted. */
function resultIn(one: ConfigurationRecord, record: DeviceRecord): DeviceStanding | undefined {
  const admission = admissionOf(one, record);
  const held = record.configurations.find(({ id, created }) => id === one.id && created === one.created);
  const isCurrent = held?.generation === one.contentGeneration;
  const { state } = one.progress ?? {};
  if (state === 'complete' || state === 'rolledBack') {
    if (held && isCurrent) return standingOf(record, held);
    if (held?.overridden) return 'overridden';
    return admission?.state === 'failed' ? 'failed' : 'pending';
  }
  return admission && isAdmitted(admission) ? admissionResult(admission, isCurrent ? held : undefined) : undefined;
}

function phasesOf(one: ConfigurationRecord, devices: readonly DeviceRecord[]): RolloutPhaseView[] {
  const phases = policyOf(one)?.phases ?? [];
  const admitted = devices.filter((record) => isAdmitted(admissionOf(one, record)));
  const { matched } = statusOf(one, devices);
  return phases.map(({ percent, waitMs }, index) => {
    const counts = { admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 };
    for (const record of admitted) {
      const admission = admissionOf(one, record);
      if (admission?.phase !== index) continue;
      const held = record.configurations.find(
        ({ id, created, generation }) =>
          id === one.id && created === one.created && generation === one.contentGeneration,
      );
      counts.admitted += 1;
      counts[admissionResult(admission, held)] += 1;
    }
    return { percent, waitMs, target: targetOf(percent, matched), ...counts };
  });
}
