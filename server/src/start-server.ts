import { randomBytes } from 'node:crypto';
import { Broker, type BrokerParts } from '@muster/broker';
import { parseCondition } from '@muster/conditions';
import { Reconciler, rolloutRules } from '@muster/reconciler';
import { Registry } from '@muster/registry';
import type { Log, SteadyClock } from '@muster/twin';
import { FleetReading } from './fleet-reading.js';
import { Health } from './health.js';
import { buildApp } from './http/app.js';
import type { AppParts } from './http/framework/app-parts.js';
import { tokenCheck } from './http/framework/authorize.js';
import { mustRun } from './http/framework/must-run.js';
import { listenHttp, listenMqtt, urlOf } from './listen.js';
import { openLog } from './log.js';
import { BoundedWrites } from './policy/bounded-writes.js';
import { NonIndexableLimit } from './policy/non-indexable-limit.js';
import { poolRandomBytes } from './random-pool.js';
import type { Config, ListenerConfig } from './settings/config.js';
import { Stack } from './stack.js';
import { keepTrimmed } from './storage/keep-trimmed.js';
import { openStorage, type Storage } from './storage/storage.js';
import { SystemClock } from './system-clock.js';

export interface RunningServer {
  /** Addresses that clients can use, with the port that was picked. A listener that is off is absent. */
  readonly addresses: { readonly http?: string; readonly mqtt?: string };
  readonly token: string;
  /** Stops all parts in order; everything acknowledged is on disk. Later calls return the same result. */
  stop(): Promise<void>;
}

const TOKEN_LENGTH_ADVISED = 16;

/** The server's view of the world, which tests may replace. */
export interface ServerParts {
  readonly clock?: SteadyClock;
  readonly log?: Log;
  /** Aborts a start that has not finished: the started parts are stopped, and `startServer` rejects with the reason. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the parts in order: the store, the HTTP listener (so that health can be read from the beginning), the
 * reconciler, the broker, and the MQTT listener last. Resolves when all are ready. If a part fails to start, the parts
 * before it are stopped and the reason is thrown.
 */
export async function startServer(config: Config, parts: ServerParts = {}): Promise<RunningServer> {
  const { clock = new SystemClock(), log = openLog(config.logLevel), signal } = parts;
  const stack = new Stack();
  try {
    return await new Starting(config, { clock, log, stack, ...(signal ? { signal } : {}) }).run();
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

interface StartingParts {
  readonly clock: SteadyClock;
  readonly log: Log;
  readonly stack: Stack;
  readonly signal?: AbortSignal;
}

type ServedParts = Pick<AppParts, 'registry' | 'boundedWrites' | 'isToken'>;
type BrokerStart = ServedParts & Pick<BrokerParts, 'head' | 'wereConnected'>;

class Starting {
  readonly #config: Config;
  readonly #clock: SteadyClock;
  readonly #log: Log;
  readonly #stack: Stack;
  readonly #signal: AbortSignal | undefined;
  readonly #health = new Health();
  readonly #running: AppParts['running'] = {};
  readonly #nonIndexable: NonIndexableLimit;
  readonly #reading: FleetReading;

  constructor(config: Config, { clock, log, stack, signal }: StartingParts) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#stack = stack;
    this.#signal = signal;
    this.#reading = new FleetReading(this.#health, log);
    this.#nonIndexable = new NonIndexableLimit(config.nonIndexableConfigurationsMax);
  }

  async run(): Promise<RunningServer> {
    const { mqtt, http, isMaxChangedRequired } = this.#config;
    for (const part of ['store', 'broker', 'reconciler', 'listeners']) this.#health.set(part, 'starting');
    const storage = await openStorage(this.#config);
    this.#stack.push(() => storage.close());
    if (storage.token.length < TOKEN_LENGTH_ADVISED) this.#log('warn', 'the API token is short enough to be guessed');
    const isToken = tokenCheck(storage.token);
    const registry = await this.#openRegistry(storage);
    const reconcilerOf = () => mustRun(this.#running.reconciler);
    const boundedWrites = new BoundedWrites({ registry, reconcilerOf, isBoundRequired: isMaxChangedRequired });
    const parts = { registry, boundedWrites, isToken };
    const httpAddress = http && (await this.#serveHttp(parts, http));
    const head = await registry.changeLog.head();
    const reconciler = await this.#startReconciler(registry);
    const broker = await this.#startBroker({ ...parts, head, wereConnected: reconciler.connected }, storage);
    this.#stack.push(reconciler.onStatus((...news) => broker.publishStatus(...news)));
    const mqttAddress = mqtt && (await this.#serveMqtt(broker, mqtt));
    const addresses = { ...(httpAddress ? { http: httpAddress } : {}), ...(mqttAddress ? { mqtt: mqttAddress } : {}) };
    await storage.announce(addresses);
    this.#health.set('listeners', 'ready');
    this.#stack.push(() => this.#health.set('listeners', 'stopping'));
    return { addresses, token: storage.token, stop: () => this.#stack.stop() };
  }

  async #openRegistry({ store }: Storage): Promise<Registry> {
    const { changeLogAgeMs, changeLogBytesMax } = this.#config;
    const checkCondition = (text: string): void => void parseCondition(text, 'target');
    const registry = await Registry.open({
      store,
      clock: this.#clock,
      randomBytes: poolRandomBytes(randomBytes),
      checkCondition,
      rollouts: rolloutRules,
      configurationLimit: this.#nonIndexable,
    });
    const bounds = { ageMs: changeLogAgeMs, bytesMax: changeLogBytesMax };
    this.#stack.push(keepTrimmed(store, { clock: this.#clock, log: this.#log }, bounds));
    this.#health.set('store', 'ready');
    return registry;
  }

  async #serveHttp(parts: ServedParts, listener: ListenerConfig): Promise<string> {
    const app = await buildApp({
      ...parts,
      clock: this.#clock,
      log: this.#log,
      health: this.#health,
      running: this.#running,
    });
    const listening = await listenHttp(listener, app);
    this.#stack.push(() => listening.stop());
    return urlOf('http', listening);
  }

  async #startBroker({ boundedWrites, ...parts }: BrokerStart, { persistence }: Storage): Promise<Broker> {
    const broker = await Broker.start({
      ...parts,
      putConfiguration: (actor, id, body) => boundedWrites.put(actor, id, body),
      removeConfiguration: (actor, id) => boundedWrites.remove(actor, id),
      clock: this.#clock,
      log: this.#log,
      ...(persistence ? { persistence } : {}),
    });
    this.#stack.push(() => broker.stop());
    this.#running.broker = broker;
    this.#health.set('broker', 'ready');
    return broker;
  }

  /** Runs before the broker: it reads the whole fleet, and so finds the devices still marked connected by the last run. */
  async #startReconciler(registry: Registry): Promise<Reconciler> {
    const { sweepIntervalMs, flapBound } = this.#config;
    const reconciler = await Reconciler.start({
      registry,
      clock: this.#clock,
      log: this.#log,
      sweepIntervalMs,
      ...(flapBound ? { flapBound } : {}),
      ...(this.#signal ? { signal: this.#signal } : {}),
      progress: (devicesRead) => this.#reading.advance(devicesRead),
    });
    this.#stack.push(() => reconciler.stop());
    // No write came before: the API serves once every part is ready.
    this.#nonIndexable.startFrom(reconciler.counters.scannedConfigurations ?? 0);
    this.#running.reconciler = reconciler;
    this.#health.set('reconciler', 'ready');
    return reconciler;
  }

  async #serveMqtt(broker: Broker, listener: ListenerConfig): Promise<string> {
    const listening = await listenMqtt(listener, (socket) => broker.handle(socket));
    this.#stack.push(() => listening.stop());
    return urlOf('mqtt', listening);
  }
}
