import type { Devices } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';
import { RETRY_MS } from './retry-ms.js';

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
 * Tells the registry who is connected. For each device one write follows the other, so that what came last is what
 * stays; what could not be written is tried again until it can, as it is by then.
 */
export class PresenceWriter {
  readonly #parts: PresenceWriterParts;
  /** What is to be written of a device, oldest first, while one is under way. */
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

  /** Whether what was marked last is on disk. */
  isStored(device: string): boolean {
    return !this.#waiting.has(device) && !this.#failed.has(device);
  }

  /** Waits for what is under way, and tries nothing again. */
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
    this.#parts.log('error', 'presence could not be stored, it is tried again', { device, error });
    this.#cancelRetry = this.#parts.clock.after(RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    for (const [device, presence] of [...this.#failed]) this.mark(device, presence);
  }
}
