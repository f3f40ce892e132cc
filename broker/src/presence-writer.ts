import type { Devices } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';

/** Pause before failed writes are retried. */
const RETRY_MS = 1_000;

interface Presence {
  readonly connected: boolean;
  readonly reason?: string;
}

interface PresenceWriterParts {
  readonly registry: { readonly devices: Pick<Devices, 'setPresence'> };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Stores which devices are connected. Writes for one device run in order, so the last one wins. Failed writes are
 * retried with the newest state.
 */
export class PresenceWriter {
  readonly #parts: PresenceWriterParts;
  /** Presences to write after the write in progress, oldest first, by device. */
  readonly #waiting = new Map<string, Presence[]>();
  readonly #failed = new Map<string, Presence>();
  readonly #writing = new Set<Promise<void>>();
  #cancelRetry: Cancel | undefined;
  #isStopped = false;

  constructor(parts: PresenceWriterParts) {
    this.#parts = parts;
  }

  mark(device: string, presence: Presence): void {
    this.#failed.delete(device);
    const waiting = this.#waiting.get(device);
    if (waiting) {
      waiting.push(presence);
      return;
    }
    const writing = this.#write(device, [presence]).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Reports whether the last presence of a device is on disk. */
  isStored(device: string): boolean {
    return !this.#waiting.has(device) && !this.#failed.has(device);
  }

  /** Waits for the writes in progress, and retries none. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  async #write(device: string, waiting: Presence[]): Promise<void> {
    this.#waiting.set(device, waiting);
    let last: Presence | undefined;
    try {
      for (last = waiting.shift(); last; last = waiting.shift())
        await this.#parts.registry.devices.setPresence(deviceActor(device), device, last);
    } catch (error) {
      this.#fail(device, waiting.at(-1) ?? last, error);
    }
    this.#waiting.delete(device);
  }

  #fail(device: string, newest: Presence | undefined, error: unknown): void {
    if (newest) this.#failed.set(device, newest);
    if (this.#isStopped || this.#cancelRetry) return;
    this.#parts.log('error', 'presence could not be stored; retrying', { device, error });
    this.#cancelRetry = this.#parts.clock.after(RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    for (const [device, presence] of [...this.#failed]) this.mark(device, presence);
  }
}
