import type { ConfigurationCounts } from '@muster/api';
import {
  type ConfigurationAssignment,
  type DeviceEntry,
  type DeviceRecord,
  isLive,
  standingOf,
} from '@muster/registry';

/** A configuration, by its creation number, and its generation. */
type Generation = Pick<ConfigurationAssignment, 'created' | 'generation'>;

/** Devices that have one generation as a layer. */
interface Counts extends Generation {
  overridden: number;
  applied: number;
  failed: number;
  pending: number;
  /** Disconnected devices among `pending`. */
  offline: number;
  /** Disconnected devices that are not overridden. */
  away: number;
}

/**
 * Counts the devices of every configuration, by adding and subtracting single devices.
 *
 * After any sequence of `change` calls the counts equal those of a fresh counter over the current entries.
 */
export class StatusCounter {
  readonly #counts = new Map<string, Counts[]>();
  readonly #changed = new Set<string>();
  #devices = 0;

  get devices(): number {
    return this.#devices;
  }

  change(before: DeviceEntry | undefined, after: DeviceEntry): void {
    if (countsTheSame(before, after)) return;
    if (isLive(before)) this.#add(before, -1);
    if (isLive(after)) this.#add(after, 1);
  }

  /**
   * A device that holds another generation than `current` counts as pending, whatever it reported for that one. Without
   * a rollout every matching device is admitted.
   */
  status(configuration: string, current?: Generation): ConfigurationCounts {
    const sum = { overridden: 0, applied: 0, failed: 0, pending: 0, offline: 0 };
    for (const counts of this.#counts.get(configuration) ?? []) {
      const isCurrent = current === undefined || isSame(counts, current);
      const { overridden, applied, failed, pending, offline, away } = counts;
      sum.overridden += overridden;
      sum.applied += isCurrent ? applied : 0;
      sum.failed += isCurrent ? failed : 0;
      sum.pending += isCurrent ? pending : applied + failed + pending;
      sum.offline += isCurrent ? offline : away;
    }
    const winning = sum.applied + sum.failed + sum.pending;
    const matched = winning + sum.overridden;
    return { matched, admitted: matched, winning, ...sum };
  }

  /** Number of devices for each generation, by the generation numbers in device records. */
  generations(configuration: string): (Generation & { readonly devices: number })[] {
    const counts = this.#counts.get(configuration) ?? [];
    return counts.map(({ created, generation, overridden, applied, failed, pending }) => ({
      created,
      generation,
      devices: overridden + applied + failed + pending,
    }));
  }

  /** Marks a configuration whose counts did not change: one without matching devices has a status too. */
  markChanged(configuration: string): void {
    this.#changed.add(configuration);
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** At most `limit` configurations whose status may have changed since they were last taken. */
  takeChanged(limit = Number.POSITIVE_INFINITY): string[] {
    const taken: string[] = [];
    for (const configuration of this.#changed) {
      if (taken.length >= limit) break;
      this.#changed.delete(configuration);
      taken.push(configuration);
    }
    return taken;
  }

  #add(record: DeviceRecord, sign: 1 | -1): void {
    this.#devices += sign;
    for (const configuration of record.configurations) {
      const counts = this.#countsOf(configuration);
      const standing = standingOf(record, configuration);
      counts[standing] += sign;
      if (standing === 'pending' && !record.connected) counts.offline += sign;
      if (standing !== 'overridden' && !record.connected) counts.away += sign;
      if (isEmpty(counts)) this.#drop(configuration.id, counts);
      this.#changed.add(configuration.id);
    }
  }

  #countsOf(configuration: ConfigurationAssignment): Counts {
    const { id, generation, created } = configuration;
    const generations = this.#counts.get(id) ?? [];
    const known = generations.find((counts) => isSame(counts, configuration));
    if (known) return known;
    const counts = { generation, created, overridden: 0, applied: 0, failed: 0, pending: 0, offline: 0, away: 0 };
    this.#counts.set(id, [...generations, counts]);
    return counts;
  }

  #drop(configuration: string, counts: Counts): void {
    const rest = this.#counts.get(configuration)?.filter((one) => one !== counts) ?? [];
    if (rest.length > 0) this.#counts.set(configuration, rest);
    else this.#counts.delete(configuration);
  }
}

/** Most changes are reports, which change no count. */
function countsTheSame(before: DeviceEntry | undefined, after: DeviceEntry): boolean {
  if (!isLive(before) || !isLive(after)) return false;
  return (
    before.configurations === after.configurations &&
    before.connected === after.connected &&
    before.acknowledged === after.acknowledged &&
    before.problem === after.problem
  );
}

function isSame(left: Generation, right: Generation): boolean {
  return left.generation === right.generation && left.created === right.created;
}

function isEmpty({ overridden, applied, failed, pending }: Counts): boolean {
  return overridden + applied + failed + pending === 0;
}
