import { Readable } from 'node:stream';
import type { Clock } from '@muster/twin';
import type { EdgeCounters } from '../edge-counters.js';
import type { EdgeLimits } from '../edge-limits.js';
import { FilterTrie } from './filter-trie.js';
import type {
  AedesPersistence,
  SessionKey,
  StoredPacket,
  StoredRelease,
  StoredSubscription,
  StoredWill,
} from './persistence-port.js';
import { RetainedMessages } from './retained-messages.js';
import { SessionQueue } from './session-queue.js';

/**
 * A subscription that no client may hold. It is stored with every persistent session, so that a session without
 * subscriptions is found too [MQTT-3.2.2-2]. Its `rh` is the time of the last connection; 0 means connected.
 */
export const SESSION_MARK = '$muster/session';

/** Publisher of a message. */
export type Origin = 'client' | 'server';

export interface SessionStoreOptions {
  inner: AedesPersistence;
  limits: EdgeLimits;
  counters: EdgeCounters;
  clock: Clock;
  isDirect: (filter: string) => boolean;
  /** Whether a connected session may receive the topic; true for sessions that are not connected. */
  mayQueue: (clientId: string, topic: string) => boolean;
  /** Called with a failure that belongs to no connection. */
  onFailure: (error: unknown) => void;
}

/**
 * Sessions and retained messages over an aedes-persistence, within limits: a capped queue and an expiry for each
 * session, a quota for retained messages, an index of subscriptions. Aedes calls the verbs under "Called by Aedes",
 * and finds no queued or retained messages there: the edge sends those.
 */
export class SessionStore {
  readonly retained: RetainedMessages;
  readonly #inner: AedesPersistence;
  readonly #options: SessionStoreOptions;
  readonly #filters = new FilterTrie();
  readonly #queue: SessionQueue;
  /** Time of the last connection of each persistent session, in ms since 1970; 0 while it is connected. */
  readonly #lastConnected = new Map<string, number>();
  readonly #adding = new WeakMap<StoredSubscription[], Promise<void>>();

  constructor(options: SessionStoreOptions) {
    this.#options = options;
    this.#inner = options.inner;
    this.#queue = new SessionQueue(options.inner, options.limits, options.counters);
    this.retained = new RetainedMessages(options.limits);
  }

  /** Reports whether a persistent session has this id. */
  has(client: SessionKey): boolean {
    return this.#lastConnected.has(client.id);
  }

  /** Stores that a persistent session is connected, or was connected until now. */
  async mark(client: SessionKey, isConnected: boolean): Promise<void> {
    const at = isConnected ? 0 : this.#options.clock.now();
    this.#lastConnected.set(client.id, at);
    await this.#inner.addSubscriptions({ id: client.id }, [{ topic: SESSION_MARK, qos: 0, rh: at }]);
  }

  /** Returns the sessions that were disconnected for longer than LIMITS.sessionExpiryMs. */
  expired(): string[] {
    const before = this.#options.clock.now() - this.#options.limits.sessionExpiryMs;
    return [...this.#lastConnected].filter(([, at]) => at !== 0 && at <= before).map(([id]) => id);
  }

  /** Deletes a session: its subscriptions, its queue [MQTT-3.1.2-6] and its received QoS 2 ids. */
  async forget(client: SessionKey): Promise<void> {
    const held = await this.#inner.subscriptionsByClient(client);
    await this.#inner.cleanSubscriptions(client);
    for (const { topic } of held) this.#filters.remove(topic, client.id);
    this.#lastConnected.delete(client.id);
    await this.#queue.purge(client);
    await this.#inner.cleanIncoming(client);
  }

  /** Returns the sessions that a message must be queued for. */
  receivers(topic: string): { clientId: string }[] {
    const found: { clientId: string }[] = [];
    for (const clientId of this.#filters.match(topic).keys()) {
      if (this.#options.mayQueue(clientId, topic)) found.push({ clientId });
    }
    return found;
  }

  /** Reports whether any session may have to queue messages under this first level. */
  awaits(level: string): boolean {
    return this.#filters.hasUnder(level);
  }

  enqueue(sessions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    return this.#queue.enqueue(sessions, packet);
  }

  /** Returns the queue of a session, oldest first. */
  queued(client: SessionKey): AsyncIterable<StoredPacket | StoredRelease> {
    return this.#inner.outgoingStream(client);
  }

  /** Stores that a queued message was sent under its id, or that PUBREC came for it. */
  update(client: SessionKey, packet: StoredPacket | StoredRelease): Promise<void> {
    return this.#queue.update(client, packet);
  }

  /** Removes the queued message that was sent under this id. */
  clear(client: SessionKey, messageId: number | undefined): Promise<unknown> {
    return this.#queue.clear(client, messageId);
  }

  /** Returns the packet ids of messages of this session that were sent and not acknowledged. */
  sentIds(client: SessionKey): Promise<number[]> {
    return this.#queue.sentIds(client);
  }

  storeIncoming(client: SessionKey, messageId: number): Promise<unknown> {
    return this.#inner.incomingStorePacket(client, { messageId });
  }

  /** Reports whether a QoS 2 message with this id was received in this session and not released. */
  async isIncoming(client: SessionKey, messageId: number): Promise<boolean> {
    // Persistences reject when there is no such packet, each with its own error.
    return this.#inner.incomingGetPacket(client, { messageId }).then(
      () => true,
      () => false,
    );
  }

  async releaseIncoming(client: SessionKey, messageId: number): Promise<void> {
    if (await this.isIncoming(client, messageId)) await this.#inner.incomingDelPacket(client, { messageId });
  }

  /**
   * Retains a message, unless it exceeds the quota. Messages of the server always fit: the server bounds their number,
   * and clients must not displace them.
   */
  async retain(packet: StoredPacket, origin: Origin): Promise<void> {
    const release = origin === 'server' ? () => {} : this.retained.reserve(packet);
    if (release === undefined) {
      this.#options.counters.retainedMessagesRefused++;
      return;
    }
    try {
      await this.#inner.storeRetained(packet);
      this.retained.set(packet);
    } finally {
      release();
    }
  }

  // Called by Aedes.

  /**
   * Loads sessions and all retained messages, whether they fit or not. Wills of the previous run are discarded: their
   * principals are unknown, so their rights cannot be checked.
   */
  async setup(broker: object): Promise<void> {
    await this.#inner.setup(broker);
    for await (const packet of this.#inner.createRetainedStream('#')) this.retained.set(packet);
    for (const id of await all(this.#inner.getClientList(SESSION_MARK))) await this.#restore(id);
    const wills: StoredWill[] = await all(this.#inner.streamWill({}));
    for (const will of wills) await this.#inner.delWill({ id: will.clientId });
    this.#options.counters.willsDiscarded += wills.length;
  }

  async subscriptionsByClient(client: SessionKey): Promise<StoredSubscription[]> {
    return await this.#inner.subscriptionsByClient(client);
  }

  /** Deletes the session of a client that starts a clean one. */
  async cleanSubscriptions(client: SessionKey): Promise<void> {
    if (this.has(client)) await this.forget(client);
  }

  /** Writes a list once: Aedes passes the whole list for each filter of a SUBSCRIBE. */
  addSubscriptions(client: SessionKey, subscriptions: StoredSubscription[]): Promise<void> {
    let adding = this.#adding.get(subscriptions);
    if (adding === undefined) {
      adding = this.#addSubscriptions(client, subscriptions);
      this.#adding.set(subscriptions, adding);
    }
    return adding;
  }

  async removeSubscriptions(client: SessionKey, filters: string[]): Promise<void> {
    await this.#inner.removeSubscriptions(client, filters);
    for (const filter of filters) this.#filters.remove(filter, client.id);
  }

  outgoingStream(): Readable {
    return Readable.from([]);
  }

  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }

  putWill(client: SessionKey, packet: object): Promise<unknown> {
    return this.#inner.putWill(client, packet);
  }

  /** Never rejects: Aedes would leave the rejection unhandled. A will that remains is discarded at the next start. */
  async delWill(client: SessionKey): Promise<unknown> {
    return this.#inner.delWill(client).catch(this.#options.onFailure);
  }

  async #restore(id: string): Promise<void> {
    const subscriptions = await this.#inner.subscriptionsByClient({ id });
    this.#index(id, subscriptions);
    const mark = subscriptions.find((subscription) => subscription.topic === SESSION_MARK);
    this.#lastConnected.set(id, mark?.rh || this.#options.clock.now());
  }

  async #addSubscriptions(client: SessionKey, subscriptions: StoredSubscription[]): Promise<void> {
    await this.#inner.addSubscriptions(client, subscriptions);
    this.#index(client.id, subscriptions);
  }

  #index(id: string, subscriptions: readonly StoredSubscription[]): void {
    for (const { topic, qos } of subscriptions) {
      if (qos > 0 && !this.#options.isDirect(topic)) this.#filters.add(topic, id, qos);
      else this.#filters.remove(topic, id);
    }
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
