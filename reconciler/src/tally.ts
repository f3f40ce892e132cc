import { type DeviceEntry, type DeviceRecord, isLive, standingOf } from '@muster/registry';
import type { ConfigurationCounts } from '@muster/twin';

type Count = 'overridden' | 'applied' | 'failed' | 'pending' | 'offline';
type Counts = Record<Count, number>;

const NOTHING: Readonly<Counts> = { overridden: 0, applied: 0, failed: 0, pending: 0, offline: 0 };

/**
 * How every configuration stands, kept by adding and subtracting single devices.
 *
 * After any sequence of `change` calls the counts equal those of a fresh tally over the entries as they are.
 */
export class Tally {
  readonly #counts = new Map<string, Counts>();
  readonly #touched = new Set<string>();
  #devices = 0;

  get devices(): number {
    return this.#devices;
  }

  change(before: DeviceEntry | undefined, after: DeviceEntry): void {
    if (isLive(before)) this.#add(before, -1);
    if (isLive(after)) this.#add(after, 1);
  }

  /** Without a rollout everybody who matches is admitted. */
  status(configuration: string): ConfigurationCounts {
    const { overridden, applied, failed, pending, offline } = this.#counts.get(configuration) ?? NOTHING;
    const winning = applied + failed + pending;
    const matched = winning + overridden;
    return { matched, admitted: matched, overridden, winning, applied, failed, pending, offline };
  }

  /** Also when no count changed: a configuration that nobody matches has a status too. */
  touch(configuration: string): void {
    this.#touched.add(configuration);
  }

  forget(configuration: string): void {
    const counts = this.#counts.get(configuration);
    if (counts && Object.values(counts).every((count) => count === 0)) this.#counts.delete(configuration);
  }

  /** The configurations whose status may have changed since the last call. */
  takeTouched(): string[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  #add(record: DeviceRecord, sign: 1 | -1): void {
    this.#devices += sign;
    for (const configuration of record.configurations) {
      const counts = this.#countsOf(configuration.id);
      const standing = standingOf(record, configuration);
      counts[standing] += sign;
      if (standing === 'pending' && !record.connected) counts.offline += sign;
      this.#touched.add(configuration.id);
    }
  }

  #countsOf(configuration: string): Counts {
    const known = this.#counts.get(configuration);
    if (known) return known;
    const counts = { ...NOTHING };
    this.#counts.set(configuration, counts);
    return counts;
  }
}
