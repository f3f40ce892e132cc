import type { Log } from '@muster/twin';

interface RepairDetectorParts {
  readonly log: Log;
  /** Resolves when every change that was on disk by now has led to the devices it touches. */
  readonly caughtUp: () => Promise<void>;
}

/**
 * Counts the devices that only a sweep put right. Every one of them is a wake-up that was lost, thus a bug: so a
 * device counts only when it is certain that no change was still on its way to it.
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

  /** A sweep is about to look at the device. */
  suspect(id: string): void {
    this.#suspects.add(id);
  }

  /** Something else led to the device too, or nothing was wrong with it. */
  acquit(id: string): void {
    this.#suspects.delete(id);
  }

  acquitAll(): void {
    this.#suspects.clear();
  }

  /** The sweep has put the device right: counts it, unless a change turns up that would have led to it. */
  async judge(id: string): Promise<void> {
    this.#judging += 1;
    try {
      if (this.#suspects.has(id)) await this.#parts.caughtUp();
      if (this.#suspects.delete(id)) this.#count(id);
    } catch (error) {
      this.#suspects.delete(id);
      this.#parts.log('warn', 'it stays open whether the sweep repaired a device', { device: id, error });
    } finally {
      this.#judging -= 1;
    }
  }

  #count(id: string): void {
    this.#repaired += 1;
    this.#parts.log('warn', 'the sweep repaired a device that no change had led to', { device: id });
  }
}
