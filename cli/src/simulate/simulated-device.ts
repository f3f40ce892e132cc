import { Device, MemoryStorage } from '@muster/device-sdk';
import { type Cancel, type Clock, diff, type JsonObject } from '@muster/twin';
import {
  type Behaviour,
  decideAbsenceMs,
  decideApplication,
  decideDropDelayMs,
  decideReportDelayMs,
} from './behaviour.js';
import type { FleetEvent } from './fleet-counters.js';
import type { DevicePlan } from './fleet-plan.js';
import { reportedDocument } from './reported.js';
import { firstVitals, nextVitals, type Vitals } from './vitals.js';

const KEEPALIVE_SECONDS = 60;

export interface SimulatedDeviceOptions {
  readonly plan: DevicePlan;
  readonly secret: string;
  readonly mqttUrl: string;
  readonly behaviour: Behaviour;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: (event: FleetEvent, problem?: Error) => void;
}

/** One device of a simulated fleet: it joins, applies desired documents, reports, drops out and returns. */
export class SimulatedDevice {
  readonly #options: SimulatedDeviceOptions;
  /** Kept over a drop, like the flash of a real device. */
  readonly #storage = new MemoryStorage();
  readonly #timers = new Map<'report' | 'drop' | 'return' | 'apply', Cancel>();
  #device: Device | undefined;
  #vitals: Vitals;
  #applied: JsonObject = {};
  #reported: JsonObject = {};
  #isConnected = false;
  #isInSync = true;
  readonly #stopped = new AbortController();

  constructor(options: SimulatedDeviceOptions) {
    this.#options = options;
    this.#vitals = firstVitals(options.random);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Whether the device is connected and has applied the newest version it received. */
  get isInSync(): boolean {
    return this.#isConnected && this.#isInSync;
  }

  /** Resolves when the device is connected or stopped. */
  async start(): Promise<void> {
    const { plan, secret, mqttUrl: url, clock, random } = this.#options;
    const device = await Device.connect({
      url,
      id: plan.id,
      secret,
      storage: this.#storage,
      keepaliveSeconds: KEEPALIVE_SECONDS,
      waitForConnection: false,
      clock,
      random,
    });
    this.#device = device;
    if (this.#stopped.signal.aborted) return device.close();
    const connected = device.events.once('connected');
    device.events.on('connected', () => this.#joined());
    device.events.on('disconnected', (reason) => this.#left(reason));
    device.events.on('problem', (problem) => this.#options.onEvent('problem', problem));
    device.onDesired((_, document) => this.#apply(document));
    await Promise.race([connected, aborted(this.#stopped.signal)]);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#disconnect();
  }

  #joined(): void {
    this.#isConnected = true;
    this.#options.onEvent('connected');
    this.#report();
    this.#later('drop', decideDropDelayMs(this.#options.behaviour, this.#options.random), () => void this.#drop());
  }

  #left(reason: Error): void {
    this.#isConnected = false;
    this.#timers.get('drop')?.();
    this.#options.onEvent('problem', reason);
  }

  async #apply(document: JsonObject): Promise<void> {
    const { behaviour, random, onEvent } = this.#options;
    const { delayMs, error } = decideApplication(behaviour, random);
    this.#isInSync = false;
    onEvent('received');
    await new Promise<void>((resolve) => this.#later('apply', delayMs, resolve));
    onEvent(error === undefined ? 'applied' : 'failed');
    if (error !== undefined) throw new Error(error);
    this.#isInSync = true;
    this.#applied = document;
    this.#report();
  }

  /** Reports the changes since the last report. The SDK sends it again if the link breaks. */
  #report(): void {
    const { behaviour, random, plan, onEvent } = this.#options;
    this.#vitals = nextVitals(this.#vitals, random);
    const reported = reportedDocument(plan.firmware, this.#applied, this.#vitals);
    const patch = diff(this.#reported, reported);
    this.#reported = reported;
    if (Object.keys(patch).length > 0) {
      // The device emits a refusal as a problem; a report cut off by a stop is not one.
      this.#device?.report(patch).then(
        () => onEvent('reported'),
        () => {},
      );
    }
    this.#later('report', decideReportDelayMs(behaviour, random), () => this.#report());
  }

  async #drop(): Promise<void> {
    const { random, onEvent } = this.#options;
    onEvent('dropped');
    await this.#disconnect();
    this.#later('return', decideAbsenceMs(random), () => void this.start());
  }

  async #disconnect(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#isConnected = false;
    await this.#device?.close();
  }

  #later(name: 'report' | 'drop' | 'return' | 'apply', delayMs: number | undefined, work: () => void): void {
    this.#timers.get(name)?.();
    if (delayMs !== undefined && !this.#stopped.signal.aborted)
      this.#timers.set(name, this.#options.clock.after(delayMs, work));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
