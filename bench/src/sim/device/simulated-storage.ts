import type { DeviceState, DeviceStorage } from '@muster/device-sdk';

interface StorageParts {
  /** Returns the turns of the event loop that a save takes, or 'fails'. */
  readonly next: () => number | 'fails';
  readonly later: (turns: number, work: () => void) => void;
}

/** The flash memory of a device: saved data survives a restart. */
export class SimulatedStorage implements DeviceStorage {
  readonly #parts: StorageParts;
  #state: DeviceState | undefined;
  #life = 0;

  constructor(parts: StorageParts) {
    this.#parts = parts;
  }

  wipe(): void {
    this.#state = undefined;
  }

  /** The power is off: pending saves are lost. */
  die(): void {
    this.#life += 1;
  }

  async load(): Promise<DeviceState | undefined> {
    return this.#state;
  }

  save(state: DeviceState): Promise<void> {
    const copy: DeviceState = JSON.parse(JSON.stringify(state));
    const turns = this.#parts.next();
    if (turns === 'fails') return Promise.reject(new Error('the flash does not answer'));
    if (turns === 0) {
      this.#state = copy;
      return Promise.resolve();
    }
    const life = this.#life;
    return new Promise((resolve) => {
      this.#parts.later(turns, () => {
        if (life !== this.#life) return;
        this.#state = copy;
        resolve();
      });
    });
  }
}
