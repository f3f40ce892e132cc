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
  /** Stores the configurations that services publish; the registry does without. */
  readonly putConfiguration?: (actor: Actor, id: string, body: JsonObject) => Promise<unknown>;
  /** Deletes them, as they ask for it; the registry does without. */
  readonly removeConfiguration?: (actor: Actor, id: string) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly isToken: (token: Uint8Array) => boolean;
  /** Services are told the changes after this sequence. */
  readonly head: number;
  /** Devices that the registry has as connected: of an earlier life of the server, for nobody is yet. */
  readonly wereConnected: Iterable<string>;
  /** Where ordinary MQTT sessions are kept; in memory without. Twin traffic never touches it. */
  readonly persistence?: EdgeOptions<Principal>['persistence'];
  /** Another way to the clients than Aedes on sockets: a simulation brings its own. */
  readonly openEdge?: (options: EdgeOptions<Principal>) => Promise<BrokerEdge>;
}

/** What the broker needs of its edge. */
export type BrokerEdge = Pick<
  Edge<Principal>,
  'awaits' | 'close' | 'counters' | 'disconnect' | 'forget' | 'handle' | 'publish' | 'retained'
>;

/** Presences that are written together at a start. */
const MARKED_AT_ONCE = 2_000;

/** The MQTT side: devices talk about their twin, services command and listen, ordinary messages pass. */
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

  /** Devices; services are not counted. */
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

  /** Retained; `undefined` takes it back. */
  publishStatus(configuration: string, counts: ConfigurationCounts | undefined): void {
    const payload = Buffer.from(counts ? JSON.stringify(counts) : '');
    this.#publish({ topic: `configurations/${configuration}/status`, payload, retain: true });
  }

  /** The sessions end; who was connected is marked so, and hears nothing more. */
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

  /** After a crash everybody who was connected gets one presence event. */
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

  /** A configuration may have been deleted just before the server ended. */
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

  /** A refusal goes to its publisher only, never through the fan-out. */
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
      failed: (error) => log('error', 'a device could not be told its desired state', { device: client.id, error }),
      pushed: () => {
        this.#counts.pushed += 1;
      },
      shared: this.#messages,
    });
    this.#sessions.set(client.id, session);
    this.#presences.mark(client.id, { connected: true });
    session.resume();
    // It may have been deleted or disabled between its password and now.
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

  /** Without a look at the registry: whoever is connected came in before, and the id may have a new life already. */
  #deleted(device: string): void {
    const edge = this.#mustHaveEdge();
    edge
      .forget(device, 'deleted')
      .catch((error) => this.#parts.log('error', 'a session could not be forgotten', { device, error }));
    for (const topic of edge.retained(`devices/${device}/#`)) {
      this.#publish({ topic, payload: Buffer.alloc(0), retain: true });
    }
  }

  /** Who cannot be looked at is disconnected too: whoever may not stay is refused when it comes back. */
  #recheck(device: string): void {
    this.#disconnectUnlessAllowed(device).catch((error) => {
      this.#parts.log('error', 'the rights of a device could not be read', { device, error });
      this.#mustHaveEdge().disconnect(device, 'its rights could not be read');
    });
  }

  /** A device that is deleted or disabled is disconnected, and so is one that was deleted and made anew unheard. */
  async #disconnectUnlessAllowed(device: string): Promise<void> {
    if (!this.#sessions.has(device)) return;
    const isMarked = this.#presences.isStored(device);
    const record = await this.#parts.registry.devices.read(device);
    if (!record) this.#mustHaveEdge().disconnect(device, 'deleted');
    else if (!record.enabled) this.#mustHaveEdge().disconnect(device, 'disabled');
    else if (isMarked && !record.connected) this.#mustHaveEdge().disconnect(device, 'registered anew');
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
