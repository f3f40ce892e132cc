import { randomBytes } from 'node:crypto';
import { Broker, type BrokerParts } from '@muster/broker';
import { parseCondition } from '@muster/conditions';
import { Reconciler, rolloutRules } from '@muster/reconciler';
import { LmdbStore, MemoryStore, Registry, type Store } from '@muster/registry';
import type { Log, SteadyClock } from '@muster/twin';
import { BoundedWrites, type Previews } from './bounded-writes.js';
import type { Config } from './config.js';
import { DataDirectory } from './data-directory.js';
import { FleetReading } from './fleet-reading.js';
import { Health } from './health.js';
import { buildApp } from './http/app.js';
import type { AppParts } from './http/app-parts.js';
import { tokenCheck } from './http/authorize.js';
import { mustRun } from './http/running.js';
import { listenHttp, listenMqtt, urlOf } from './listen.js';
import { openLog } from './log.js';
import { poolRandomBytes } from './random-pool.js';
import { ScannedConfigurations } from './scanned-configurations.js';
import { openSessions } from './sessions.js';
import { Stack } from './stack.js';
import { SystemClock } from './system-clock.js';
import { keepTrimmed } from './trim.js';

export interface RunningServer {
  /** Addresses as they can be used, free ports filled in. A listener that is off is absent. */
  readonly addresses: { readonly http?: string; readonly mqtt?: string };
  readonly token: string;
  /** Ends everything in good order; what was acknowledged is on disk. May be called again. */
  stop(): Promise<void>;
}

const TOKEN_LENGTH_ADVISED = 16;

/** What the world gives the server; tests may bring their own. */
export interface ServerParts {
  readonly clock?: SteadyClock;
  readonly log?: Log;
  /** Ends a start that is not through: what was started is stopped, and `startServer` rejects with the reason. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the parts in order: the store, the HTTP listener (so that health can be asked for from the beginning),
 * the broker, the reconciler, and the MQTT listener last. Resolves when all are ready; when one cannot start,
 * those before it are stopped and the reason is thrown.
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

class Starting {
  readonly #config: Config;
  readonly #clock: SteadyClock;
  readonly #log: Log;
  readonly #stack: Stack;
  readonly #signal: AbortSignal | undefined;
  readonly #health = new Health();
  readonly #running: AppParts['running'] = {};
  readonly #scanned: ScannedConfigurations;
  readonly #reading: FleetReading;

  constructor(config: Config, { clock, log, stack, signal }: StartingParts) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    this.#stack = stack;
    this.#signal = signal;
    this.#reading = new FleetReading(this.#health, log);
    this.#scanned = new ScannedConfigurations(config.scannedConfigurationsMax);
  }

  async run(): Promise<RunningServer> {
    const { mqtt, http } = this.#config;
    for (const part of ['store', 'broker', 'reconciler', 'listeners']) this.#health.set(part, 'starting');
    const directory = await this.#openDirectory();
    const token = this.#config.adminToken ?? (await mustBeThere(directory).adminToken());
    if (token.length < TOKEN_LENGTH_ADVISED) this.#log('warn', 'the API token is so short that it can be guessed');
    const isToken = tokenCheck(token);
    const registry = await this.#openRegistry(directory);
    const boundedWrites = this.#boundWrites(registry);
    const httpAddress = http && (await this.#serveHttp({ registry, boundedWrites, isToken }, http));
    const head = await registry.head();
    const reconciler = await this.#startReconciler(registry);
    const { connected: wereConnected } = reconciler;
    const broker = await this.#startBroker({ registry, boundedWrites, isToken, head, wereConnected }, directory);
    this.#publishStatus(reconciler, broker);
    const mqttAddress = mqtt && (await this.#serveMqtt(broker, mqtt));
    const addresses = { ...(httpAddress ? { http: httpAddress } : {}), ...(mqttAddress ? { mqtt: mqttAddress } : {}) };
    await directory?.announce(addresses);
    this.#health.set('listeners', 'ready');
    this.#stack.push(() => this.#health.set('listeners', 'stopping'));
    return { addresses, token, stop: () => this.#stack.stop() };
  }

  /** The memory store with a given token leaves no trace on the disk. */
  async #openDirectory(): Promise<DataDirectory | undefined> {
    const { store, adminToken, dataDirectory } = this.#config;
    if (store === 'memory' && adminToken !== undefined) return undefined;
    const directory = await DataDirectory.open(dataDirectory);
    this.#stack.push(() => directory.close());
    return directory;
  }

  async #openRegistry(directory: DataDirectory | undefined): Promise<Registry> {
    const { store: kind, changeLogAgeMs, changeLogBytesMax } = this.#config;
    const store: Store = kind === 'memory' ? new MemoryStore() : LmdbStore.open(mustBeThere(directory).twins);
    this.#stack.push(() => store.close());
    const checkCondition = (text: string): void => void parseCondition(text, 'target');
    const registry = await Registry.open({
      store,
      clock: this.#clock,
      randomBytes: poolRandomBytes(randomBytes),
      checkCondition,
      rollouts: rolloutRules,
      configurationLimit: this.#scanned,
    });
    const bounds = { ageMs: changeLogAgeMs, bytesMax: changeLogBytesMax };
    this.#stack.push(keepTrimmed(store, { clock: this.#clock, log: this.#log }, bounds));
    this.#health.set('store', 'ready');
    return registry;
  }

  #boundWrites(registry: Registry): BoundedWrites {
    const previews: Previews = {
      previewOver: (...asked) => mustRun(this.#running.reconciler).previewOver(...asked),
      previewRecord: (...asked) => mustRun(this.#running.reconciler).previewRecord(...asked),
    };
    return new BoundedWrites({ registry, previews, isBoundRequired: this.#config.isMaxChangedRequired });
  }

  async #serveHttp(
    parts: Pick<AppParts, 'registry' | 'boundedWrites' | 'isToken'>,
    listener: { host: string; port: number },
  ) {
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

  async #startBroker(
    {
      boundedWrites,
      ...parts
    }: Pick<BrokerParts, 'registry' | 'isToken' | 'head' | 'wereConnected'> & Pick<AppParts, 'boundedWrites'>,
    directory: DataDirectory | undefined,
  ): Promise<Broker> {
    const sessions = this.#config.store === 'memory' ? undefined : await openSessions(mustBeThere(directory).sessions);
    if (sessions) this.#stack.push(() => sessions.close());
    const broker = await Broker.start({
      ...parts,
      putConfiguration: (id, body) => boundedWrites.put(id, body),
      removeConfiguration: (id) => boundedWrites.remove(id),
      clock: this.#clock,
      log: this.#log,
      ...(sessions ? { persistence: sessions.persistence } : {}),
    });
    this.#stack.push(() => broker.stop());
    this.#running.broker = broker;
    this.#health.set('broker', 'ready');
    return broker;
  }

  /** Before the broker: it reads the whole fleet once, and then knows who was connected when the server ended. */
  async #startReconciler(registry: Registry): Promise<Reconciler> {
    const { sweepIntervalMs, flapBound } = this.#config;
    const reconciler = await Reconciler.start({
      registry,
      clock: this.#clock,
      log: this.#log,
      sweepIntervalMs,
      ...(flapBound ? { flapBound } : {}),
      ...(this.#signal ? { signal: this.#signal } : {}),
      progress: (devicesRead) => this.#reading.hear(devicesRead),
    });
    this.#stack.push(() => reconciler.stop());
    // Nobody could write before: the API answers once every part is ready.
    this.#scanned.startFrom(reconciler.counters.scannedConfigurations ?? 0);
    this.#running.reconciler = reconciler;
    this.#health.set('reconciler', 'ready');
    return reconciler;
  }

  #publishStatus(reconciler: Reconciler, broker: Broker): void {
    this.#stack.push(reconciler.onStatus((...news) => broker.publishStatus(...news)));
  }

  async #serveMqtt(broker: Broker, listener: { host: string; port: number }): Promise<string> {
    const listening = await listenMqtt(listener, (socket) => broker.handle(socket));
    this.#stack.push(() => listening.stop());
    return urlOf('mqtt', listening);
  }
}

function mustBeThere(directory: DataDirectory | undefined): DataDirectory {
  if (directory) return directory;
  throw new Error('this store needs a data directory');
}
