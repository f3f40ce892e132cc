import { randomBytes } from 'node:crypto';
import { type ImportLine, wait } from '@muster/client';
import { TwinError } from '@muster/twin';
import { Failure } from '../failure/failure.js';
import { ProgressLine } from '../session/progress-line.js';
import type { Session } from '../session/session.js';
import { visibleText } from '../text/visible-text.js';
import type { Behaviour } from './behaviour.js';
import {
  addSample,
  countEvent,
  type FleetCounters,
  type FleetEvent,
  type FleetState,
  fleetLine,
  NO_COUNTERS,
  ratePerSecond,
  type Sample,
} from './fleet-counters.js';
import type { DevicePlan } from './fleet-plan.js';
import { createRandomOf } from './random.js';
import { runConcurrently } from './run-concurrently.js';
import { SimulatedDevice } from './simulated-device.js';

const CONNECTING_MAX = 50;
const FIRST_DESIRED = { telemetry: { intervalSeconds: 60 } };
const DELETING_MAX = 32;
const TICK_MS = 250;

export interface SimulationOptions {
  readonly plans: readonly DevicePlan[];
  readonly mqttUrl: string;
  readonly behaviour: Behaviour;
  readonly seed: number;
  /** Undefined: until Ctrl-C. */
  readonly durationMs: number | undefined;
}

export interface SimulationResult extends FleetState, FleetCounters {
  readonly seconds: number;
  readonly messagesPerSecond: number;
}

/** A simulated fleet on a real server: it registers the devices, runs them and deletes them. */
export class Simulation {
  readonly #session: Session;
  readonly #options: SimulationOptions;
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #devices: readonly SimulatedDevice[];
  #counters: FleetCounters = NO_COUNTERS;
  #samples: readonly Sample[] = [];
  #lastProblem: Error | undefined;

  constructor(session: Session, options: SimulationOptions) {
    this.#session = session;
    this.#options = options;
    this.#secrets = new Map(options.plans.map(({ id }) => [id, randomBytes(24).toString('base64url')]));
    this.#devices = options.plans.map((plan, index) => this.#device(plan, index));
  }

  /** Throws if a real device has an id of the fleet. Devices of an earlier simulation are reused. */
  async refuseReal(prefix: string): Promise<void> {
    const { client, signal } = this.#session;
    const where = `STARTS_WITH(device.id, '${prefix}-')`;
    const select = ['id', 'tags.simulated'];
    for await (const { id, tags } of client.devices.query({ where, select, limit: 1_000, signal })) {
      if (id === undefined || !this.#secrets.has(id) || tags?.simulated === true) continue;
      throw new TwinError('conflict', `${id} is registered and is not simulated: choose another --prefix`);
    }
  }

  async register(): Promise<void> {
    const { client, signal } = this.#session;
    for await (const result of client.devices.import(this.#registrations(), { signal })) {
      if (result.status !== 400) continue;
      throw new Failure({ subject: result.id ?? 'registering' }, new TwinError(result.code, result.detail));
    }
  }

  /** Runs until the duration has passed or the session ends. */
  async run(): Promise<SimulationResult> {
    const { terminal, signal } = this.#session;
    const startedAt = terminal.clock.now();
    const starting = runConcurrently(this.#devices, CONNECTING_MAX, (device) => device.start(), signal);
    try {
      await this.#watch(startedAt);
      return this.#result(startedAt);
    } finally {
      await Promise.all(this.#devices.map((device) => device.stop()));
      await starting;
    }
  }

  /** Deletes the registered devices, also after an interrupt. */
  async remove(): Promise<void> {
    const { client } = this.#session;
    await runConcurrently(this.#options.plans, DELETING_MAX, async ({ id }) => {
      await client.devices.remove(id).catch((error) => {
        if (!(error instanceof TwinError && error.code === 'not-found')) throw error;
      });
    });
  }

  #device(plan: DevicePlan, index: number): SimulatedDevice {
    const { mqttUrl, behaviour, seed } = this.#options;
    const random = createRandomOf(seed + 1, index);
    const secret = this.#secrets.get(plan.id) ?? '';
    const onEvent = (event: FleetEvent, problem?: Error): void => this.#onEvent(event, problem);
    return new SimulatedDevice({
      plan,
      secret,
      mqttUrl,
      behaviour,
      clock: this.#session.terminal.clock,
      random,
      onEvent,
    });
  }

  #onEvent(event: FleetEvent, problem: Error | undefined): void {
    this.#counters = countEvent(this.#counters, event);
    this.#lastProblem = problem ?? this.#lastProblem;
  }

  *#registrations(): Generator<ImportLine, void, undefined> {
    for (const { id, tags } of this.#options.plans) {
      // Gives devices something to apply even if no configuration is stored yet.
      yield { id, tags, desired: FIRST_DESIRED, auth: { type: 'secret', secret: this.#secrets.get(id) ?? '' } };
    }
  }

  async #watch(startedAt: number): Promise<void> {
    const { terminal, signal } = this.#session;
    const { durationMs = Number.POSITIVE_INFINITY } = this.#options;
    const progress = new ProgressLine(this.#session, () => this.#line());
    try {
      while (!signal.aborted && terminal.clock.now() - startedAt < durationMs) {
        this.#samples = addSample(this.#samples, { atMs: terminal.clock.now(), messages: this.#counters.messages });
        await progress.update();
        await wait(terminal.clock, TICK_MS, signal).catch(() => {});
      }
    } finally {
      await progress.clear();
    }
  }

  #line(): string {
    const line = fleetLine(this.#fleetState(), this.#counters, ratePerSecond(this.#samples));
    const isStuck = this.#counters.connections === 0 && this.#lastProblem !== undefined;
    return isStuck ? `${line} (${visibleText(this.#lastProblem?.message ?? '')})` : line;
  }

  #fleetState(): FleetState {
    return {
      devices: this.#devices.length,
      connected: this.#devices.filter(({ isConnected }) => isConnected).length,
      inSync: this.#devices.filter(({ isInSync }) => isInSync).length,
    };
  }

  #result(startedAt: number): SimulationResult {
    const seconds = (this.#session.terminal.clock.now() - startedAt) / 1_000;
    const messagesPerSecond = seconds > 0 ? this.#counters.messages / seconds : 0;
    return { ...this.#fleetState(), ...this.#counters, seconds, messagesPerSecond };
  }
}
