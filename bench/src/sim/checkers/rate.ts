import { isAdmitted } from '@muster/reconciler';
import { type ConfigurationRecord, type DeviceEntry, type DeviceRecord, isLive } from '@muster/registry';
import { admissionOf, policyOf, storedConfigurations } from '../oracle/naive.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S8 no minute has more admissions than the rate allows';
const MINUTE_MS = 60_000;

interface Paced {
  readonly created: number;
  /** The highest rate since the last check of a healthy server, which may not know of a newer one. */
  rate: number;
  admittedAtMs: number[];
}

export function rate(): Checker {
  const paced = new Map<string, Paced>();
  const look = (one: ConfigurationRecord, isAnew: boolean): void => {
    const before = paced.get(one.id);
    const known = before?.created === one.created ? before : undefined;
    const own = policyOf(one)?.ratePerMinute ?? Number.POSITIVE_INFINITY;
    const highest = isAnew ? own : Math.max(own, known?.rate ?? 0);
    paced.set(one.id, { created: one.created, rate: highest, admittedAtMs: known?.admittedAtMs ?? [] });
  };
  const changed = (before: DeviceEntry | undefined, after: DeviceRecord, atMs: number, world: World): void => {
    for (const one of storedConfigurations(world)) {
      const isNew = isAdmitted(admissionOf(one, after)) && !(isLive(before) && isAdmitted(admissionOf(one, before)));
      const known = paced.get(one.id);
      if (!isNew || !known || one.progress?.state === 'complete') continue;
      known.admittedAtMs = [...known.admittedAtMs.filter((at) => at > atMs - MINUTE_MS), atMs];
      if (known.admittedAtMs.length <= known.rate) continue;
      world.fail(NAME, `${one.id} admits ${known.admittedAtMs.length} within a minute, and should ${known.rate}`);
    }
  };
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || !event.after || event.after.deleted) return;
      if (event.entryKind === 'configuration') look(event.after as ConfigurationRecord, false);
      else changed(event.before as DeviceEntry | undefined, event.after as DeviceRecord, event.decidedMs, world);
    },
    atRest: (world) => {
      for (const one of storedConfigurations(world)) look(one, true);
    },
  };
}
