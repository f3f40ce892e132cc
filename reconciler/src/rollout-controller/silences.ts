import type { DeviceRecord } from '@muster/registry';

/** A connection, or part of one, in which a device owes an answer. */
interface Silence {
  readonly attempts: number;
  readonly sinceMs: number;
}

/** Silent time of a device in ended connections that is not stored in its admission yet. */
interface Spent {
  readonly attempts: number;
  readonly ms: number;
  readonly storedMs: number;
}

/** How long devices are connected and owe an answer, in elapsed time; by device and configuration. */
export class Silences {
  readonly #elapsed: () => number;
  readonly #silences = new Map<string, Silence>();
  readonly #spent = new Map<string, Spent>();

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Called after each change of the device with the state of its attempt. */
  onChange(key: string, { isOwing, attempts, spentMs }: { isOwing: boolean; attempts: number; spentMs: number }): void {
    const known = this.#silences.get(key);
    if (isOwing && known?.attempts !== attempts) this.#silences.set(key, { attempts, sinceMs: this.#elapsed() });
    if (!isOwing) this.#silences.delete(key);
    const spent = this.#spent.get(key);
    if (spent && (spent.attempts !== attempts || spentMs !== spent.storedMs)) this.#spent.delete(key);
  }

  /** The connection ended: its silent time is kept until the admission stores it. */
  cut(key: string, attempts: number, storedMs: number): void {
    const ms = this.silentMs(key) + this.spentMs(key);
    this.#silences.delete(key);
    if (ms > 0) this.#spent.set(key, { attempts, ms, storedMs });
  }

  silentMs(key: string): number {
    const silence = this.#silences.get(key);
    return silence ? this.#elapsed() - silence.sinceMs : 0;
  }

  spentMs(key: string): number {
    return this.#spent.get(key)?.ms ?? 0;
  }

  forget(key: string): void {
    this.#silences.delete(key);
    this.#spent.delete(key);
  }
}

export function silenceKey({ id }: Pick<DeviceRecord, 'id'>, configuration: string): string {
  return `${id} ${configuration}`;
}
