import type { Log } from '@muster/twin';

interface RepairDetectorParts {
  readonly log: Log;
  /** Resolves when every change on disk by now has queued the devices it affects. */
  readonly caughtUp: () => Promise<void>;
}

/**
 * Counts the devices that only a resync repaired. Each is a lost signal and thus a bug, so a device counts only when no
 * change was still on its way to it.
 */
export class RepairDetector {
  readonly #parts: RepairDetectorParts;
  readonly #suspects = new Set<string>();
  #judging = 0;
  #repaired = 0;

  constructor(parts: RepairDetectorParts) {
    this.#parts = parts;
  }

  get repaired(): number {
    return this.#repaired;
  }

  get isIdle(): boolean {
    return this.#judging === 0;
  }

  /** A resync queued the device. */
  suspect(id: string): void {
    this.#suspects.add(id);
  }

  /** Another signal queued the device too, or it needed no repair. */
  acquit(id: string): void {
    this.#suspects.delete(id);
  }

  acquitAll(): void {
    this.#suspects.clear();
  }

  /** The resync repaired the device: counts it, unless a change turns up that would have queued it. */
  async judge(id: string): Promise<void> {
    this.#judging += 1;
    try {
      if (this.#suspects.has(id)) await this.#parts.caughtUp();
      if (this.#suspects.delete(id)) this.#count(id);
    } catch (error) {
      this.#suspects.delete(id);
      this.#parts.log('warn', 'it cannot be decided whether the resync repaired a device', { device: id, error });
    } finally {
      this.#judging -= 1;
    }
  }

  #count(id: string): void {
    this.#repaired += 1;
    this.#parts.log('warn', 'the resync repaired a device that no change had queued', { device: id });
  }
}
