import { Device } from '@muster/device-sdk';
import { type Clock, type JsonObject, mergePatch } from '@muster/twin';
import type { Chance } from '../kernel/chance.js';
import type { Observation } from '../observation/observation.js';
import type { Network } from '../transport/network.js';
import { SimulatedLink } from './simulated-link.js';
import type { SimulatedStorage } from './simulated-storage.js';

export interface SimulatedDeviceParts {
  readonly id: string;
  readonly clean: boolean;
  readonly chance: Chance;
  readonly network: Network;
  readonly storage: SimulatedStorage;
  readonly clockOf: (owner: object) => Clock;
  readonly dropTimers: (owner: object) => void;
  readonly observe: (event: Observation) => void;
}

interface Work {
  readonly patch: JsonObject;
  readonly document: JsonObject;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

const NEVER = new Promise<never>(() => {});

export function secretOf(device: string): string {
  return `the-password-of-${device}`;
}

/** A device with the SDK: it is powered on and off, and takes time to apply documents. */
export class SimulatedDevice {
  readonly #parts: SimulatedDeviceParts;
  #owner: object = {};
  #device: Device | undefined;
  #links: SimulatedLink[] = [];
  /** Handlers in progress; they settle when the device finishes, or never. */
  #work: Work | undefined;
  /** The document that the device has really applied. */
  #actual: JsonObject = {};
  #openReports = 0;

  constructor(parts: SimulatedDeviceParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#parts.id;
  }

  get isOn(): boolean {
    return this.#device !== undefined;
  }

  get isAtWork(): boolean {
    return this.#work !== undefined;
  }

  /** Reports without an answer so far. */
  get openReports(): number {
    return this.#openReports;
  }

  get actual(): JsonObject {
    return this.#actual;
  }

  get held(): { version: number; document: JsonObject } {
    const { version = 0, desired = {} } = this.#device ?? {};
    return { version, document: desired };
  }

  async powerOn(): Promise<void> {
    if (this.isOn) return;
    const { id, clean, chance, storage, network, clockOf } = this.#parts;
    const owner = {};
    this.#owner = owner;
    const device = await Device.connect({
      url: 'mqtt://simulated',
      id,
      secret: secretOf(id),
      clean,
      storage,
      clock: clockOf(owner),
      random: chance.random,
      waitForConnection: false,
      openLink: (options, listener) => {
        const link = new SimulatedLink(network, options, listener);
        this.#links = [...this.#links.slice(-1), link];
        return link;
      },
    });
    if (this.#owner !== owner) return;
    this.#device = device;
    // A process that has ended changes nothing, however late its last step is.
    device.onDesired((patch, document) => (this.#owner === owner ? this.#apply(patch, document) : NEVER));
  }

  /** Ends the process. Any part of the document in progress may have taken effect. */
  powerOff(isNoticed: boolean): void {
    if (!this.isOn) return;
    const { chance, network, dropTimers } = this.#parts;
    const { patch = {} } = this.#work ?? {};
    const done = Object.entries(patch).filter(() => chance.is(0.5));
    this.#actual = mergePatch(this.#actual, Object.fromEntries(done));
    for (const link of this.#links) link.die();
    this.#parts.storage.die();
    dropTimers(this.#owner);
    this.#owner = {};
    this.#device = undefined;
    this.#work = undefined;
    this.#openReports = 0;
    network.deviceDied(this.id, isNoticed);
  }

  /** The device loses all state and does nothing. */
  reset(): void {
    this.powerOff(true);
    this.#parts.storage.wipe();
    this.#actual = {};
  }

  /** The device finishes its work; with `error`, the work failed. */
  finish(error?: string): void {
    const work = this.#work;
    if (!work) return;
    this.#work = undefined;
    this.#actual = mergePatch(this.#actual, work.patch);
    this.#parts.observe({ kind: 'handed', device: this.id, actual: this.#actual, document: work.document });
    if (error === undefined) work.done();
    else work.failed(new Error(error));
  }

  report(patch: JsonObject): void {
    const device = this.#device;
    if (!device) return;
    this.#openReports += 1;
    const answered = (): void => {
      if (this.#device === device) this.#openReports -= 1;
    };
    device.report(patch).then(answered, answered);
  }

  #apply(patch: JsonObject, document: JsonObject): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#work = { patch, document, done: resolve, failed: reject };
    });
  }
}
