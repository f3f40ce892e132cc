import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Clock } from '@muster/twin';
import { type AedesClient, type ClientSocket, checkPrivateFields } from './aedes/aedes-fields.js';
import { FanOut } from './aedes/fan-out.js';
import { MusterAedes } from './aedes/muster-aedes.js';
import { type AuthenticateCallback, authenticate } from './connection/authenticate.js';
import { Connection } from './connection/connection.js';
import type { EdgeContext, EdgeLog } from './connection/edge-context.js';
import { maySubscribe } from './connection/subscribe.js';
import { EdgeCounters } from './edge-counters.js';
import type { EdgeHooks } from './edge-hooks.js';
import { type EdgeLimits, edgeLimits } from './edge-limits.js';
import { memoryPersistence } from './sessions/memory-persistence.js';
import type { AedesPersistence } from './sessions/persistence-port.js';
import { SESSION_MARK, SessionStore } from './sessions/session-store.js';

const SESSION_SWEEP_INTERVAL_MS = 10 * 60_000;

export interface EdgeOptions<Principal> {
  hooks: EdgeHooks<Principal>;
  log: EdgeLog;
  clock: Clock;
  /**
   * Reports whether a filter is direct: no ordinary publish matches it. Subscriptions to it are granted and stored with
   * the session, but only `EdgeClient.send` serves them.
   */
  isDirect(filter: string): boolean;
  /** An aedes-persistence 11 object. Default: sessions end with the process. */
  persistence?: AedesPersistence;
  limits?: Partial<EdgeLimits>;
  /** Whether whole packets are read without the parser of Aedes, which takes less time. Default: true. */
  readsDirectly?: boolean;
}

/** The MQTT 3.1.1 edge: Aedes behind hooks. It knows clients, topics and bytes, and nothing of twins. */
export class Edge<Principal> {
  readonly #context: EdgeContext;
  readonly #aedes: MusterAedes;
  readonly #clients = new Map<string, Connection>();
  /** Ids whose session is deleted once their connection has closed. */
  readonly #pendingDeletion = new Set<string>();
  #cancelSweep: () => void = () => {};
  #isClosed = false;

  /** Throws if the installed Aedes lacks a private member that the edge uses. */
  static async create<Principal>(options: EdgeOptions<Principal>): Promise<Edge<Principal>> {
    checkPrivateFields();
    const edge = new Edge(options);
    await edge.#listen();
    return edge;
  }

  private constructor(options: EdgeOptions<Principal>) {
    const limits = edgeLimits(options.limits);
    const counters = new EdgeCounters();
    const { clock, log, readsDirectly = true } = options;
    const hooks = options.hooks as EdgeHooks<unknown>;
    const isDirect = (filter: string): boolean => options.isDirect(filter);
    const sessions = new SessionStore({
      inner: options.persistence ?? memoryPersistence(),
      limits,
      counters,
      clock,
      isDirect,
      mayQueue: (clientId, topic) => this.#mayQueue(clientId, topic),
      onFailure: (error) => this.#storeFailed(error),
    });
    this.#aedes = new MusterAedes({
      id: brokerId(clock),
      connectTimeoutMs: limits.connectTimeoutMs,
      sessions,
      isDirect,
      publish: (message) => fanOut.publish(message, 'client'),
      onStoreFailure: (error) => this.#storeFailed(error),
    });
    const fanOut = new FanOut(this.#aedes, sessions, counters);
    this.#context = { hooks, limits, counters, clock, log, sessions, fanOut, readsDirectly };
  }

  get counters(): Readonly<EdgeCounters> {
    return this.#context.counters;
  }

  /** Returns the topics of retained messages that the filter matches. */
  retained(filter: string): string[] {
    return this.#context.sessions.retained.match(filter).map(({ topic }) => topic);
  }

  /** Reports whether a persistent session, connected or not, holds a filter under this first level. */
  awaits(level: string): boolean {
    return this.#context.sessions.awaits(level);
  }

  /** Takes a connection that a listener accepted. */
  handle(socket: Duplex): void {
    this.#context.counters.connectionsAccepted++;
    new Connection(this.#context, this.#aedes.handle(socket));
    socket.on('close', endConnection);
  }

  /**
   * Publishes a message of the server to ordinary subscribers. Resolves once it is stored and emitted. The limits of
   * retained messages do not apply.
   */
  publish(packet: { topic: string; payload: Buffer; qos: 0 | 1; retain?: boolean }): Promise<void> {
    const { topic, payload, qos, retain = false } = packet;
    return this.#context.fanOut.publish({ topic, payload, qos, retain }, 'server');
  }

  disconnect(id: string, reason: string): void {
    this.#clients.get(id)?.close(reason);
  }

  /** Closes the connection and deletes its session, so that the next client with this id starts clean. */
  async forget(id: string, reason: string): Promise<void> {
    const client = this.#clients.get(id);
    if (client) {
      this.#pendingDeletion.add(id);
      client.close(reason);
    } else if (this.#context.sessions.has({ id })) await this.#context.sessions.forget({ id });
  }

  /** Deletes sessions that were disconnected for longer than LIMITS.sessionExpiryMs, and returns their number. */
  async sweepSessions(): Promise<number> {
    const { sessions, counters } = this.#context;
    const expired = sessions.expired();
    for (const id of expired) {
      if (this.#clients.has(id)) continue;
      await sessions.forget({ id });
      counters.sessionsExpired++;
    }
    return expired.length;
  }

  /** Closes every connection. The persistence stays open: its owner closes it. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSweep();
    for (const client of [...this.#clients.values()]) client.close('the server is closing');
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  async #listen(): Promise<void> {
    const aedes = this.#aedes;
    aedes.on('error', (error) => this.#storeFailed(error));
    aedes.on('clientReady', (client: AedesClient) => this.#ready(client.edge));
    aedes.on('clientError', (client: AedesClient, error: Error) => this.#faulted(client, error));
    aedes.on('connectionError', (client: AedesClient, error: Error) => this.#faulted(client, error));
    Object.assign(aedes, {
      authenticate: (client: AedesClient, username: string, password: Buffer, admit: AuthenticateCallback) =>
        authenticate(client.edge, username, password, admit),
      authorizeSubscribe: (client: AedesClient, subscription: { topic: string }, done: SubscribeCallback) =>
        this.#authorizeSubscribe(client.edge, subscription, done),
      authorizePublish: (client: AedesClient, will: { topic: string }, done: (error?: Error | null) => void) =>
        this.#authorizeWill(client.edge, will, done),
    });
    await aedes.listen();
    // Both serve broker clusters over $SYS topics, which this edge does not publish.
    clearInterval(aedes._heartbeatInterval);
    clearInterval(aedes._clearWillInterval);
    this.#planSweep();
  }

  #storeFailed(error: unknown): void {
    this.#context.counters.storeFailures++;
    this.#context.log('error', 'store failed', { error });
  }

  #planSweep(): void {
    const { clock, log } = this.#context;
    this.#cancelSweep = clock.after(SESSION_SWEEP_INTERVAL_MS, () => {
      this.sweepSessions()
        .catch((error) => log('error', 'session sweep failed', { error }))
        .finally(() => {
          if (!this.#isClosed) this.#planSweep();
        });
    });
  }

  /** Called after CONNACK. An older connection of the id ends first, so that the hooks never see two. */
  #ready(connection: Connection): void {
    if (connection.aedes.closed || this.#isClosed) return;
    const older = this.#clients.get(connection.id);
    older?.end('taken over by a newer connection');
    this.#clients.set(connection.id, connection);
    connection.phase = 'ready';
    connection.aedes.conn.once('close', () => {
      if (this.#clients.get(connection.id) === connection) this.#clients.delete(connection.id);
      this.#noteSession(connection, false);
    });
    this.#noteSession(connection, true);
    connection.egress.start();
    connection.callHook('connected', (hooks) => hooks.connected(connection));
    connection.inbound.unblock();
  }

  #noteSession(connection: Connection, isConnected: boolean): void {
    const { sessions } = this.#context;
    const failed = (error: unknown): void => connection.fail('storeFailures', 'session store failed', error);
    if (!isConnected && this.#pendingDeletion.delete(connection.id)) {
      sessions.forget(connection).catch(failed);
      return;
    }
    if (connection.clean || (!isConnected && this.#clients.has(connection.id))) return;
    sessions.mark(connection, isConnected).catch(failed);
  }

  #faulted(client: AedesClient, error: Error): void {
    const connection = client.edge;
    const isFault = connection.endReason === undefined || connection.endReason === error.message;
    connection.endReason ??= error.message;
    if (!isFault) return;
    this.#context.counters.connectionsFaulted++;
    this.#context.log('debug', 'connection ended', { clientId: client.id, reason: connection.endReason });
  }

  /** Called for the filters of a resumed session; those of a SUBSCRIBE are checked before Aedes gets them. */
  #authorizeSubscribe(connection: Connection, subscription: { topic: string }, done: SubscribeCallback): void {
    if (connection.phase === 'ready' || maySubscribe(connection, subscription.topic)) {
      done(null, subscription);
      return;
    }
    done(null, null);
    if (subscription.topic === SESSION_MARK) return;
    const { sessions, counters } = this.#context;
    counters.subscriptionsRefused++;
    sessions
      .removeSubscriptions(connection, [subscription.topic])
      .catch((error) => connection.fail('storeFailures', 'session store failed', error));
  }

  /** Called for wills only: a PUBLISH goes through the inbound queue of its connection. */
  #authorizeWill(connection: Connection, will: { topic: string }, done: (error?: Error | null) => void): void {
    let may = false;
    connection.callHook('mayWill', (hooks) => {
      may = hooks.mayWill(connection.principal, will.topic);
    });
    if (!may) this.#context.counters.willsDiscarded++;
    done(may ? null : new Error('the will may not be published'));
  }

  #mayQueue(clientId: string, topic: string): boolean {
    const client = this.#clients.get(clientId);
    return client === undefined || this.#context.hooks.mayReceive(client.principal, topic);
  }
}

type SubscribeCallback = (error: Error | null, subscription: object | null) => void;

function endConnection(this: Duplex): void {
  const { client } = this as ClientSocket;
  client.edge.end(client._disconnected ? 'disconnected' : 'connection lost');
}

/** Returns a new id for each start, so that no queued message of an earlier run is overwritten. Ids sort by start. */
function brokerId(clock: Clock): string {
  return `${clock.now().toString(36).padStart(9, '0')}-${randomUUID()}`;
}
