import type { Duplex } from 'node:stream';
import type { ConfigurationCounts, Problem } from '@muster/api';
import type { Actor, DevicePrincipal, Principal, Registry } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { assertNever, type Cancel, type Clock, type JsonObject, type Log, TOPICS } from '@muster/twin';
import { authenticate } from './authenticate.js';
import { classifyPublish, isDirect, mayReceive, maySubscribe, mayWill } from './authorize.js';
import { DeviceSession, isDesiredFilter, SharedMessages } from './device-session.js';
import { Edge, type EdgeOptions } from './edge/edge.js';
import type { EdgeClient } from './edge/edge-client.js';
import type { EdgeHooks, PublishOutcome, ReceivedPublish } from './edge/edge-hooks.js';
import { startEgress } from './egress.js';
import { requestedVersion } from './handle-get.js';
import { handleReport, type ReportReply } from './handle-report.js';
import { handleSetConfiguration, handleSetDesired } from './handle-set.js';
import { PresenceWriter } from './presence-writer.js';
import { ServiceListeners } from './service-listeners.js';

export interface BrokerParts {
  readonly registry: Registry;
  /** Stores a configuration that a service publishes. Default: `registry.putConfiguration`. */
  readonly putConfiguration?: (actor: Actor, id: string, body: JsonObject) => Promise<unknown>;
  /** Deletes a configuration that a service takes back. Default: `registry.removeConfiguration`. */
  readonly removeConfiguration?: (actor: Actor, id: string) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly isToken: (token: Uint8Array) => boolean;
  /** Services hear of the changes after this sequence. */
  readonly head: number;
  /** Devices still marked connected by the previous run of the server. Marked disconnected at start. */
  readonly wereConnected: Iterable<string>;
  /** Stores ordinary MQTT sessions, never twin traffic. Default: in memory. */
  readonly persistence?: EdgeOptions<Principal>['persistence'];
  /** Opens the edge; a simulation has its own. Default: Aedes on sockets. */
  readonly openEdge?: (options: EdgeOptions<Principal>) => Promise<BrokerEdge>;
}

/** The members of the edge that the broker uses. */
export type BrokerEdge = Pick<
  Edge<Principal>,
  'awaits' | 'close' | 'counters' | 'disconnect' | 'forget' | 'handle' | 'publish' | 'retained'
>;

/** At most this many presences are written at a time when the broker starts. */
const MARKED_AT_ONCE = 2_000;

/** The MQTT side: devices read and report their twins, services command and listen, ordinary messages are forwarded. */
export class Broker {
  readonly #parts: BrokerParts;
  readonly #sessions = new Map<string, DeviceSession>();
  readonly #listeners = new ServiceListeners();
  readonly #messages = new SharedMessages();
  readonly #presences: PresenceWriter;
  readonly #counts = {
    pushed: 0,
    reports: 0,
    rejected: 0,
    gets: 0,
    sets: 0,
    forbiddenPublishes: 0,
    forbiddenFilters: 0,
  };
  #edge: BrokerEdge | undefined;
  #stopFollowing: Cancel = () => {};

  static async start(parts: BrokerParts): Promise<Broker> {
    const broker = new Broker(parts);
    await broker.#start();
    return broker;
  }

  private constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#presences = new PresenceWriter(parts);
  }

  /** Number of connected devices, without services. */
  get connectedCount(): number {
    return this.#sessions.size;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counts, ...this.#mustHaveEdge().counters };
  }

  /** Takes a socket that was just accepted. */
  handle(socket: Duplex): void {
    this.#mustHaveEdge().handle(socket);
  }

  /** Publishes the retained status of a configuration; without counts, removes it. */
  publishStatus(configuration: string, counts: ConfigurationCounts | undefined): void {
    const payload = Buffer.from(counts ? JSON.stringify(counts) : '');
    this.#publish({ topic: `configurations/${configuration}/status`, payload, retain: true });
  }

  /** Closes all connections and stores that their devices are disconnected. */
  async stop(): Promise<void> {
    this.#stopFollowing();
    await this.#mustHaveEdge().close();
    await this.#presences.stop();
  }

  async #start(): Promise<void> {
    const { registry, clock, log, head, persistence, openEdge = Edge.create<Principal> } = this.#parts;
    await this.#markAllDisconnected();
    this.#edge = await openEdge({
      hooks: this.#hooks(),
      clock,
      log,
      isDirect,
      ...(persistence ? { persistence } : {}),
    });
    await this.#removeStaleStatuses();
    const parts = {
      registry,
      clock,
      log,
      wakeAll: () => this.#recheckAll(),
      wake: (device: string) => this.#sessions.get(device)?.wake(),
      recheck: (device: string) => this.#recheck(device),
      deleted: (device: string) => this.#deleted(device),
      hasListeners: () => this.#listeners.hasAny || this.#mustHaveEdge().awaits('twins'),
      publish: (topic: string, message: object) =>
        this.#publish({ topic, payload: Buffer.from(JSON.stringify(message)) }),
    };
    this.#stopFollowing = await startEgress(parts, head);
  }

  /** After a crash, each device that was connected gets one presence event. */
  async #markAllDisconnected(): Promise<void> {
    const { registry, wereConnected } = this.#parts;
    const ids = [...wereConnected];
    for (let start = 0; start < ids.length; start += MARKED_AT_ONCE) {
      const marked = ids
        .slice(start, start + MARKED_AT_ONCE)
        .map((id) =>
          registry.devices.setPresence(deviceActor(id), id, { connected: false, reason: 'server restarted' }),
        );
      await Promise.all(marked);
    }
  }

  /** Removes the retained statuses of configurations that were deleted just before the server ended. */
  async #removeStaleStatuses(): Promise<void> {
    for (const topic of this.#mustHaveEdge().retained('configurations/+/status')) {
      const [, id = ''] = topic.split('/');
      if (!(await this.#parts.registry.configurations.read(id))) this.publishStatus(id, undefined);
    }
  }

  #hooks(): EdgeHooks<Principal> {
    return {
      authenticate: (request) => authenticate(request, this.#parts),
      maySubscribe: (principal, filter, client) =>
        maySubscribe(principal, filter) || this.#refuseFilter(client, filter),
      mayReceive,
      mayWill,
      publish: (client, packet) => this.#onPublish(client, packet),
      connected: (client) => this.#connected(client),
      subscribed: (client, filters) => this.#subscribed(client, filters),
      unsubscribed: (client, filters) => this.#unsubscribed(client, filters),
      disconnected: (client, reason) => this.#disconnected(client, reason),
    };
  }

  #onPublish(client: EdgeClient<Principal>, packet: ReceivedPublish): Promise<PublishOutcome> | PublishOutcome {
    const { principal } = client;
    const publication = classifyPublish(principal, packet.topic);
    switch (publication.kind) {
      case 'report':
        return this.#report(principal, client.id, packet.payload);
      case 'get':
        this.#counts.gets += 1;
        this.#sessions.get(client.id)?.get(requestedVersion(packet.payload));
        return 'done';
      case 'set-desired':
        return this.#set(
          client,
          packet,
          handleSetDesired(this.#parts.registry, principal, publication.device, packet.payload),
        );
      case 'set-configuration':
        return this.#set(
          client,
          packet,
          handleSetConfiguration(this.#parts, principal, publication.configuration, packet.payload),
        );
      case 'ordinary':
        return 'forward';
      case 'forbidden':
        return this.#refusePublish(client.id, packet.topic);
      default:
        return assertNever(publication);
    }
  }

  #report(actor: Actor, device: string, payload: Buffer): Promise<PublishOutcome> {
    this.#counts.reports += 1;
    return handleReport(this.#parts.registry, actor, device, payload).then((answer) => {
      if (answer) this.#reply(device, answer);
      return 'done';
    });
  }

  #reply(device: string, { topic, message }: ReportReply): void {
    if (topic === TOPICS.rejected) this.#counts.rejected += 1;
    this.#sessions.get(device)?.reply(topic, message);
  }

  /** Waits for a command of a service. A refusal goes to its publisher only, never through the fan-out. */
  async #set(
    client: EdgeClient<Principal>,
    { topic }: ReceivedPublish,
    outcome: Promise<Problem | undefined>,
  ): Promise<PublishOutcome> {
    this.#counts.sets += 1;
    const problem = await outcome;
    if (problem) {
      this.#counts.rejected += 1;
      client.send(`${topic}/rejected`, JSON.stringify(problem), 1, () => {});
    }
    return 'done';
  }

  #connected(client: EdgeClient<Principal>): void {
    const { principal } = client;
    if (principal.kind !== 'device') this.#listeners.connected(client);
    else this.#deviceConnected(client as EdgeClient<DevicePrincipal>);
  }

  #deviceConnected(client: EdgeClient<DevicePrincipal>): void {
    const { registry, log } = this.#parts;
    const session = new DeviceSession({
      client,
      read: (id) => registry.devices.read(id),
      failed: (error) => log('error', 'the desired state could not be sent to a device', { device: client.id, error }),
      pushed: () => {
        this.#counts.pushed += 1;
      },
      shared: this.#messages,
    });
    this.#sessions.set(client.id, session);
    this.#presences.mark(client.id, { connected: true });
    session.resume();
    // The device may have been deleted or disabled since its password was checked.
    this.#recheck(client.id);
  }

  #subscribed(client: EdgeClient<Principal>, filters: readonly { filter: string }[]): void {
    const names = filters.map(({ filter }) => filter);
    if (client.principal.kind !== 'device') this.#listeners.subscribed(client.id, names);
    else if (names.some(isDesiredFilter)) this.#sessions.get(client.id)?.begin();
  }

  #unsubscribed(client: EdgeClient<Principal>, filters: readonly string[]): void {
    if (client.principal.kind !== 'device') this.#listeners.unsubscribed(client.id, filters);
    else if (filters.some(isDesiredFilter)) this.#sessions.get(client.id)?.unsubscribed();
  }

  #disconnected(client: EdgeClient<Principal>, reason: string): void {
    if (client.principal.kind !== 'device') this.#listeners.disconnected(client.id);
    else {
      this.#sessions.delete(client.id);
      this.#presences.mark(client.id, { connected: false, reason });
    }
  }

  #recheckAll(): void {
    for (const [device, session] of this.#sessions) {
      session.wake();
      this.#recheck(device);
    }
  }

  /**
   * Does not consult the registry: the id may be registered again already, and an open connection belongs to the old
   * registration.
   */
  #deleted(device: string): void {
    const edge = this.#mustHaveEdge();
    edge
      .forget(device, 'deleted')
      .catch((error) =>
        this.#parts.log('error', 'the session of a deleted device could not be removed', { device, error }),
      );
    for (const topic of edge.retained(`devices/${device}/#`)) {
      this.#publish({ topic, payload: Buffer.alloc(0), retain: true });
    }
  }

  /** A device whose record cannot be read is disconnected too: authentication decides when it reconnects. */
  #recheck(device: string): void {
    this.#disconnectUnlessAllowed(device).catch((error) => {
      this.#parts.log('error', 'the rights of a device could not be read', { device, error });
      this.#mustHaveEdge().disconnect(device, 'its rights could not be read');
    });
  }

  /** Disconnects a device that was deleted, disabled, or deleted and registered again unnoticed. */
  async #disconnectUnlessAllowed(device: string): Promise<void> {
    if (!this.#sessions.has(device)) return;
    const isMarked = this.#presences.isStored(device);
    const record = await this.#parts.registry.devices.read(device);
    if (!record) this.#mustHaveEdge().disconnect(device, 'deleted');
    else if (!record.enabled) this.#mustHaveEdge().disconnect(device, 'disabled');
    else if (isMarked && !record.connected) this.#mustHaveEdge().disconnect(device, 'registered again');
  }

  #publish({ topic, payload, retain = false }: { topic: string; payload: Buffer; retain?: boolean }): void {
    this.#mustHaveEdge()
      .publish({ topic, payload, qos: 1, retain })
      .catch((error) => this.#parts.log('error', 'an event could not be published', { topic, error }));
  }

  #refuseFilter(client: string, filter: string): false {
    this.#counts.forbiddenFilters += 1;
    this.#parts.log('warn', 'a subscription was refused', { client, filter });
    return false;
  }

  #refusePublish(client: string, topic: string): 'done' {
    this.#counts.forbiddenPublishes += 1;
    this.#parts.log('warn', 'a publish was refused', { client, topic });
    return 'done';
  }

  #mustHaveEdge(): BrokerEdge {
    if (!this.#edge) throw new Error('the broker has not started');
    return this.#edge;
  }
}
