import type { DeviceRecord, Quarrel, Registry } from '@muster/registry';
import { durationText, type Log, type SteadyClock } from '@muster/twin';
import { type LayerTurn, OSCILLATION_WITHIN_MS, oscillatingIds, RETURNS_MIN, withTurn } from './oscillation.js';

/** Those that turned last; each has at most a handful of turns. */
const DEVICES_MAX = 10_000;
/** Those that were told of last. */
const OSCILLATIONS_MAX = 1_000;

/** Whether a device would report the same without them nobody can know. */
const EACH_OTHER = 'configurations take turns on a device, each time after it reported: they may push each other';
const SELF = 'a configuration comes and goes on a device, each time after it reported: it may take itself away';

interface OscillationDetectorParts {
  readonly registry: Pick<Registry, 'noteQuarrel'>;
  readonly clock: Pick<SteadyClock, 'elapsed'>;
  readonly log: Log;
}

/**
 * Notices configurations that seem to push each other: what one sets makes a device report what brings the other, and so
 * on. It changes nothing; it says so in the change feed and in the log, once for the same ones as long as it goes on. What it knows is in memory only.
 */
export class OscillationDetector {
  readonly #parts: OscillationDetectorParts;
  readonly #turns = new Map<string, readonly LayerTurn[]>();
  /** By the ids of those who have it. */
  readonly #seen = new Map<string, SeenOscillation>();
  #oscillations = 0;

  constructor(parts: OscillationDetectorParts) {
    this.#parts = parts;
  }

  /** How often a device was found to be pushed to and fro. */
  get oscillations(): number {
    return this.#oscillations;
  }

  /** Told of every write of a known device. A device that is not connected reports nothing, so it takes no part. */
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

  /** What there is to say on a configuration of the device; undefined: nothing. */
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

  async #note(key: string, quarrel: Quarrel): Promise<void> {
    try {
      await this.#parts.registry.noteQuarrel(quarrel);
    } catch (error) {
      const seen = this.#seen.get(key);
      if (seen) this.#seen.set(key, { ...seen, isNoted: false });
      const message =
        'the change feed could not be told of configurations that take turns, it is tried at their next turn';
      this.#parts.log('warn', message, { error });
    }
  }
}

interface SeenOscillation {
  /** The last time. */
  readonly atMs: number;
  /** Whether the change feed tells of it, as far as is known; where it could not be told, it is tried again. */
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

/** The newest is the last; at the cost of the oldest. */
function renew<Value>(map: Map<string, Value>, key: string, value: Value, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= sizeMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
