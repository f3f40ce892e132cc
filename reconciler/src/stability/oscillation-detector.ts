import type { Configurations, DeviceRecord, Oscillation } from '@muster/registry';
import { RECONCILER } from '@muster/registry';
import { durationText, type Log, type SteadyClock } from '@muster/twin';
import { type LayerTurn, OSCILLATION_WITHIN_MS, oscillatingIds, RETURNS_MIN, withTurn } from './oscillation.js';

/** Devices kept: those that turned last. Each has at most a handful of turns. */
const DEVICES_MAX = 10_000;
/** Oscillations kept: the last reported ones. */
const OSCILLATIONS_MAX = 1_000;

/** Nothing proves that the device would report otherwise without them. */
const EACH_OTHER = 'configurations take turns on a device, each time after it reported: they may push each other';
const SELF = 'a configuration comes and goes on a device, each time after it reported: it may take itself away';

interface OscillationDetectorParts {
  readonly registry: { readonly configurations: Pick<Configurations, 'noteOscillation'> };
  readonly clock: Pick<SteadyClock, 'elapsed'>;
  readonly log: Log;
}

/**
 * Detects configurations that seem to push each other: each makes the device report what the other matches. It reports
 * them in the change feed and the log, once while it lasts, and changes nothing. Its state is in memory only.
 */
export class OscillationDetector {
  readonly #parts: OscillationDetectorParts;
  readonly #turns = new Map<string, readonly LayerTurn[]>();
  /** By the ids of the configurations. */
  readonly #seen = new Map<string, SeenOscillation>();
  #oscillations = 0;

  constructor(parts: OscillationDetectorParts) {
    this.#parts = parts;
  }

  /** Number of times a device was found to oscillate. */
  get oscillations(): number {
    return this.#oscillations;
  }

  /** Takes every write of a known device. Disconnected devices report nothing and are skipped. */
  change(was: DeviceRecord, is: DeviceRecord): void {
    if (was.configurations === is.configurations) return;
    if (!is.connected || isSameIds(was.configurations, is.configurations)) return;
    const [before, after] = [idsOf(was.configurations), idsOf(is.configurations)];
    const atMs = this.#parts.clock.elapsed();
    const { id, reportedVersion } = is;
    const { desiredVersion } = was;
    const known = this.#turns.get(id) ?? [];
    const turns = withTurn(known, { before, after, desiredVersion, reportedVersion, atMs });
    renew(this.#turns, id, turns, DEVICES_MAX);
    const names = oscillatingIds(turns, atMs);
    if (!names) return;
    if (!oscillatingIds(known, atMs)) this.#oscillations += 1;
    this.#tell(names, id, atMs);
  }

  /** A remark on a configuration of the device; undefined: none. */
  remarkOn(device: string, configuration: string): string | undefined {
    const names = oscillatingIds(this.#turns.get(device) ?? [], this.#parts.clock.elapsed());
    if (!names?.includes(configuration)) return undefined;
    const others = names.filter((name) => name !== configuration);
    return others.length === 0
      ? 'it comes and goes, each time after the device reported: it may take itself away'
      : `it and ${others.join(', ')} take turns, each time after the device reported: they may push each other`;
  }

  #tell(names: readonly string[], device: string, atMs: number): void {
    const key = names.join(' ');
    const seen = this.#seen.get(key);
    renew(this.#seen, key, { atMs, isNoted: true }, OSCILLATIONS_MAX);
    const isNews = seen === undefined || atMs - seen.atMs >= OSCILLATION_WITHIN_MS;
    if (isNews) {
      this.#parts.log('warn', names.length === 1 ? SELF : EACH_OTHER, {
        configurations: names,
        device,
        returns: RETURNS_MIN,
        within: durationText(OSCILLATION_WITHIN_MS),
      });
    }
    if (isNews || !seen.isNoted) void this.#note(key, { configurations: names, device });
  }

  async #note(key: string, oscillation: Oscillation): Promise<void> {
    try {
      await this.#parts.registry.configurations.noteOscillation(RECONCILER, oscillation);
    } catch (error) {
      const seen = this.#seen.get(key);
      if (seen) this.#seen.set(key, { ...seen, isNoted: false });
      const message = 'an oscillation could not be written to the change feed; retrying at its next turn';
      this.#parts.log('warn', message, { error });
    }
  }
}

interface SeenOscillation {
  /** When it was seen last. */
  readonly atMs: number;
  /** Whether it is in the change feed, as far as known; otherwise it is written at the next turn. */
  readonly isNoted: boolean;
}

interface Named {
  readonly id: string;
}

function isSameIds(left: readonly Named[], right: readonly Named[]): boolean {
  return left.length === right.length && left.every(({ id }, index) => id === right[index]?.id);
}

function idsOf(configurations: readonly Named[]): string[] {
  return configurations.map(({ id }) => id);
}

/** Sets the newest entry and evicts the oldest. */
function renew<Value>(map: Map<string, Value>, key: string, value: Value, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= sizeMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
