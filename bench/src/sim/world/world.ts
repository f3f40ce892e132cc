import type { Registry } from '@muster/registry';
import { isTwinError, type Log } from '@muster/twin';
import { SimulatedDevice } from '../device/simulated-device.js';
import { SimulatedStorage } from '../device/simulated-storage.js';
import { Chance } from '../kernel/chance.js';
import { type Faults, noFaults } from '../kernel/faults.js';
import type { Feature, SimulationOptions } from '../kernel/options.js';
import { Scheduler } from '../kernel/scheduler.js';
import { SimulatedClock } from '../kernel/simulated-clock.js';
import { Trace } from '../kernel/trace.js';
import type { Mutation } from '../mutations/mutation.js';
import { describeObservation } from '../observation/describe-observation.js';
import type { Observation } from '../observation/observation.js';
import type { Observer } from '../observation/observer.js';
import { devicesInBackoff, isAnyRolloutOpen } from '../oracle/open-rollouts.js';
import { Disk } from '../store/disk.js';
import { SimulatedStore } from '../store/simulated-store.js';
import { Network } from '../transport/network.js';
import { ServerLife } from './server-life.js';

/** Three times the longest pause between two attempts. */
const CALM_ROUNDS = 8;
const CALM_ROUND_MS = 30_000;
/** Four phases that wait for ten minutes each, then a day of windows. */
const ROLLOUT_ROUNDS_MAX = 40;
const ROLLOUT_ROUND_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** Longer than any answer of the disk and its consequences take. */
const DRAIN_TURNS_MAX = 60;

export interface Failure {
  readonly checker: string;
  readonly text: string;
}

/** An operation of an operator; `mark` is a text that is part of the written value. */
export interface Operation {
  readonly verb: string;
  readonly id: string;
  readonly mark?: string;
  readonly perform: (registry: Registry) => Promise<unknown>;
}

/** One simulated world under one seed: server, devices, network, disk and observers. */
export class World {
  readonly options: SimulationOptions;
  readonly chance: Chance;
  readonly scheduler = new Scheduler();
  readonly clock = new SimulatedClock();
  readonly faults: Faults = noFaults();
  readonly counts = new Map<string, number>();
  readonly trace = new Trace();
  readonly disk: Disk;
  readonly network: Network;
  readonly devices: ReadonlyMap<string, SimulatedDevice>;
  readonly mutation: Mutation;
  readonly checkers: readonly Observer<World>[];
  #store: SimulatedStore | undefined;
  #server: ServerLife | undefined;
  #failure: Failure | undefined;
  #marks = 0;
  #deliveries = 0;

  constructor(options: SimulationOptions, checkers: readonly Observer<World>[], mutation: Mutation) {
    this.options = options;
    this.checkers = checkers;
    this.mutation = mutation;
    this.chance = new Chance(options.seed, 'world');
    this.disk = new Disk((event) => this.observe(event));
    this.network = new Network({
      chance: this.chance,
      faults: this.faults,
      count: (fault) => this.count(fault),
      later: (turns, work) => this.scheduler.later(turns, work),
    });
    this.devices = new Map(options.devices.map((id) => [id, this.#makeDevice(id)]));
  }

  /** Undefined while the server is down or starting. */
  get server(): ServerLife | undefined {
    return this.#server;
  }

  /** Whether the server runs but takes no more writes. */
  get isServerBroken(): boolean {
    return this.#store?.isBroken === true;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  get deliveries(): number {
    return this.#deliveries;
  }

  has(feature: Feature): boolean {
    return this.options.features.has(feature);
  }

  /** Returns a unique text that names its owner. */
  mark(owner: string): string {
    this.#marks += 1;
    return `${owner}~${this.#marks}`;
  }

  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  /** Records a failure; the first one counts. */
  fail(checker: string, text: string): void {
    this.#failure ??= { checker, text };
    this.trace.add(`FAILED ${checker}: ${text}`);
  }

  observe(event: Observation): void {
    this.scheduler.stir();
    this.trace.add(describeObservation(event));
    if (event.kind === 'handed') this.#deliveries += 1;
    for (const checker of this.checkers) checker.onObservation?.(event, this);
  }

  /** Starts the operation without waiting for its end; the outcome becomes an observation. */
  operate({ verb, id, mark, perform }: Operation): void {
    const { registry } = this.#server ?? {};
    if (!registry) return;
    const told = { kind: 'operated', verb, id, mark } as const;
    perform(registry).then(
      (result) => this.observe({ ...told, outcome: 'done', revision: revisionOf(result), reason: undefined }),
      (error) => {
        const outcome = isTwinError(error) && error.code !== 'unavailable' ? 'refused' : 'unknown';
        this.observe({ ...told, outcome, revision: undefined, reason: String(error) });
      },
    );
  }

  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) {
      this.network.deliverSome();
      await this.scheduler.turn();
    }
  }

  /** Runs until nothing happens unless time passes. */
  async quiet(): Promise<void> {
    await this.scheduler.quiet(() => this.network.deliverAll());
  }

  /** Lets time pass; each timer that runs gets some turns of the event loop. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.elapsedMs + ms;
    while (this.clock.step(end)) {
      await this.turns(2);
      await this.#drain();
    }
    if (this.mutation.repeatsItself) this.#server?.edge.repeat();
  }

  /** Time stands still while the disk works: some turns of the event loop never take a minute. */
  async #drain(): Promise<void> {
    for (let turns = 0; this.scheduler.isBusy && turns < DRAIN_TURNS_MAX; turns += 1) await this.turns(1);
  }

  /** Starts the server, which may fail. Returns whether it runs. */
  async startServer(): Promise<boolean> {
    if (this.#store) return this.#server !== undefined;
    const { disk, chance, faults, scheduler, mutation } = this;
    const store = new SimulatedStore({
      disk,
      chance,
      faults,
      scheduler,
      mutation,
      moment: () => ({ decidedMs: this.clock.elapsedMs, jumps: this.clock.jumps }),
      count: (fault) => this.count(fault),
      died: () => this.crash(),
    });
    this.#store = store;
    let isOver = false;
    const starting = this.#startLife(store).then(
      (server) => {
        if (this.#store === store) this.#server = server;
        isOver = true;
      },
      () => {
        isOver = true;
      },
    );
    for (let turns = 0; !isOver && !store.isDead && turns < 500; turns += 1) await this.turns(1);
    if (isOver) await starting;
    if (!this.#server) this.crash();
    return this.#server !== undefined;
  }

  /** Kills the process of the server; some writes in flight are lost. */
  crash(): void {
    const store = this.#store;
    if (!store) return;
    store.die();
    this.clock.drop(store);
    this.#server?.edge.die();
    this.#store = undefined;
    this.#server = undefined;
    this.disk.lose(this.chance.below(4));
    this.network.serverDied();
    this.observe({ kind: 'crashed' });
  }

  /** Makes the server healthy: it is up, nothing fails, and retries and wake-ups are on time. Then checks it. */
  async rest(): Promise<void> {
    const faults = { ...this.faults, failingVerbs: [...this.faults.failingVerbs] };
    await this.settleServer();
    for (const checker of this.checkers) await checker.atRest?.(this);
    const { failingVerbs, ...others } = faults;
    Object.assign(this.faults, others);
    for (const verb of failingVerbs) this.faults.failingVerbs.add(verb);
  }

  /** Switches off all faults and gives every device time to converge. */
  async calm(): Promise<void> {
    this.network.partitioned.clear();
    await this.settleServer();
    this.network.discoverHalfOpen();
    for (const device of this.devices.values()) void device.powerOn();
    for (let round = 0; round < CALM_ROUNDS; round += 1) await this.settle();
    await this.#endRollouts();
    for (const checker of this.checkers) await checker.atRest?.(this);
    for (const checker of this.checkers) await checker.atEnd?.(this);
  }

  /** Lets half a minute pass in which devices apply their documents. */
  async settle(): Promise<void> {
    await this.pass(CALM_ROUND_MS);
    await this.quiet();
    for (const device of this.devices.values()) device.finish();
    await this.quiet();
  }

  async settleServer(): Promise<void> {
    const { failingVerbs, ...none } = noFaults();
    Object.assign(this.faults, none);
    this.faults.failingVerbs.clear();
    if (this.isServerBroken) this.crash();
    if (!(await this.startServer())) {
      this.fail('start', 'the server does not start although nothing fails');
      return;
    }
    this.#store?.dieAfter(Number.POSITIVE_INFINITY);
    await this.quiet();
    if (!this.mutation.losesWakeUps) this.#store?.wakeAll();
    for (let minute = 0; minute < 3; minute += 1) {
      await this.pass(60_000);
      await this.quiet();
    }
  }

  /** Lets waits, pauses and windows pass until no rollout advances by itself. */
  async #endRollouts(): Promise<void> {
    for (let round = 0; round < ROLLOUT_ROUNDS_MAX && this.#isRolloutOpen; round += 1) {
      if (round >= ROLLOUT_ROUNDS_MAX / 4) this.clock.jump(HOUR_MS);
      await this.pass(ROLLOUT_ROUND_MS);
      await this.settle();
    }
    for (let round = 0; round < CALM_ROUNDS; round += 1) await this.settle();
  }

  get #isRolloutOpen(): boolean {
    return isAnyRolloutOpen(this.disk) || devicesInBackoff(this.disk).length > 0;
  }

  #startLife(store: SimulatedStore): Promise<ServerLife> {
    const log: Log = (level, message, details) => {
      if (this.#store === store) this.observe({ kind: 'logged', level, message, error: details?.error });
    };
    return ServerLife.start({
      store,
      clock: this.clock.of(store),
      log,
      network: this.network,
      mutation: this.mutation,
      randomBytes: (count) => this.chance.bytes(count),
      later: (turns, work) => this.scheduler.later(turns, () => store.isDead || work()),
      observe: (event) => this.observe(event),
    });
  }

  #makeDevice(id: string): SimulatedDevice {
    const { chance, network, clock, faults, scheduler } = this;
    const storage = new SimulatedStorage({
      next: () => {
        if (chance.is(faults.storageFailProbability)) return 'fails';
        return chance.is(0.3) ? 1 + chance.below(3) : 0;
      },
      later: (turns, work) => scheduler.later(turns, work),
    });
    return new SimulatedDevice({
      id,
      clean: !this.has('persistent-sessions') || chance.is(0.5),
      chance,
      network,
      storage,
      clockOf: (owner) => clock.of(owner),
      dropTimers: (owner) => clock.drop(owner),
      observe: (event) => this.observe(event),
    });
  }
}

function revisionOf(result: unknown): number | undefined {
  const record = (result as { record?: unknown } | undefined)?.record ?? result;
  const { revision } = (record ?? {}) as { revision?: unknown };
  return typeof revision === 'number' ? revision : undefined;
}
