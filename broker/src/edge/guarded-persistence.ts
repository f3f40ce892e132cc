import { Readable } from 'node:stream';
import type { Clock } from '@muster/twin';
import type { EdgeCounters } from './edge-counters.js';
import type { EdgeLimits } from './edge-limits.js';
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
 * A subscription that no client may hold. It is kept with every persistent session, so that a session without
 * subscriptions is still found [MQTT-3.2.2-2], and carries in `rh` when the session was last connected (0: it is).
 */
export const SESSION_MARK = '$muster/session';

/** Who publishes a message. */
export type Origin = 'client' | 'server';

export interface GuardOptions {
  inner: AedesPersistence;
  limits: EdgeLimits;
  counters: EdgeCounters;
  clock: Clock;
  isDirect: (filter: string) => boolean;
  /** Whether a session that is connected now may receive the topic; true for the absent. */
  mayQueue: (clientId: string, topic: string) => boolean;
}

/**
 * An aedes-persistence with bounds: a capped queue and an expiry for each session, capped retained messages, an own
 * index of subscriptions. It passes the same contract tests as what it wraps.
 */
export class GuardedPersistence implements AedesPersistence {
  readonly retained: RetainedMessages;
  readonly #inner: AedesPersistence;
  readonly #options: GuardOptions;
  readonly #filters = new FilterTrie();
  readonly #queue: SessionQueue;
  /** When each persistent session was last connected, in epoch milliseconds; 0 while it is. */
  readonly #lastConnected = new Map<string, number>();
  #broker: object | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#inner = options.inner;
    this.#queue = new SessionQueue(options.inner, options.limits, options.counters);
    this.retained = new RetainedMessages(options.limits);
  }

  get broker(): object | undefined {
    return this.#broker;
  }

  /** Loads sessions and all retained messages, whether they fit or not; wills of an earlier life of the broker are discarded, nobody can judge them. */
  async setup(broker: object): Promise<void> {
    this.#broker = broker;
    await this.#inner.setup(broker);
    for await (const packet of this.#inner.createRetainedStream('#')) this.retained.set(packet);
    const ids: string[] = [];
    for await (const id of this.#inner.getClientList(SESSION_MARK)) ids.push(id);
    for (const id of ids) await this.#restore(id);
    const wills: StoredWill[] = [];
    for await (const will of this.#inner.streamWill({})) wills.push(will);
    for (const will of wills) await this.#inner.delWill({ id: will.clientId });
    this.#options.counters.willsDiscarded += wills.length;
  }

  async #restore(id: string): Promise<void> {
    const subscriptions = await this.#inner.subscriptionsByClient({ id });
    this.#index(id, subscriptions);
    const mark = subscriptions.find((subscription) => subscription.topic === SESSION_MARK);
    this.#lastConnected.set(id, mark?.rh || this.#options.clock.now());
  }

  /** The sessions that a message has to be queued for. */
  receivers(topic: string): { clientId: string }[] {
    const found: { clientId: string }[] = [];
    for (const clientId of this.#filters.match(topic).keys()) {
      if (this.#options.mayQueue(clientId, topic)) found.push({ clientId });
    }
    return found;
  }

  /** Whether messages under this first level may have to be queued for somebody. */
  awaits(level: string): boolean {
    return this.#filters.hasUnder(level);
  }

  /** Notes that a persistent session is connected, or (`connected` false) was until now. */
  async mark(client: SessionKey, connected: boolean): Promise<void> {
    const at = connected ? 0 : this.#options.clock.now();
    this.#lastConnected.set(client.id, at);
    await this.#inner.addSubscriptions({ id: client.id }, [{ topic: SESSION_MARK, qos: 0, rh: at }]);
  }

  /** Whether there is a persistent session of this id. */
  has(client: SessionKey): boolean {
    return this.#lastConnected.has(client.id);
  }

  /** Whether a QoS 2 message with this id was received in this session and not released. */
  async isIncoming(client: SessionKey, messageId: number): Promise<boolean> {
    // Persistences reject when there is no such packet, and say so in different ways.
    return this.#inner.incomingGetPacket(client, { messageId }).then(
      () => true,
      () => false,
    );
  }

  async releaseIncoming(client: SessionKey, messageId: number): Promise<void> {
    if (await this.isIncoming(client, messageId)) await this.#inner.incomingDelPacket(client, { messageId });
  }

  /** Sessions that were absent for longer than LIMITS.sessionExpiryMs. */
  expired(): string[] {
    const before = this.#options.clock.now() - this.#options.limits.sessionExpiryMs;
    return [...this.#lastConnected].filter(([, at]) => at !== 0 && at <= before).map(([id]) => id);
  }

  /** Forgets a session altogether. */
  async forget(client: SessionKey): Promise<void> {
    await this.cleanSubscriptions(client);
    await this.#queue.purge(client);
    await this.#inner.cleanIncoming(client);
  }

  /** Packet ids under which messages of this session were sent and are not acknowledged. */
  sentIds(client: SessionKey): Promise<number[]> {
    return this.#queue.sentIds(client);
  }

  /**
   * Refused when the bounds are reached; the message itself still reaches its subscribers. The server's own always
   * fit: it knows how many it has, and no client may crowd them out.
   */
  async storeRetained(packet: StoredPacket, origin: Origin = 'client'): Promise<void> {
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

  createRetainedStream(filter: string): Readable {
    return Readable.from(this.retained.match(filter));
  }

  createRetainedStreamCombi(filters: string[]): Readable {
    return Readable.from(filters.flatMap((filter) => this.retained.match(filter)));
  }

  async addSubscriptions(client: SessionKey, subscriptions: StoredSubscription[]): Promise<void> {
    await this.#inner.addSubscriptions(client, subscriptions);
    this.#index(client.id, subscriptions);
  }

  #index(id: string, subscriptions: readonly StoredSubscription[]): void {
    for (const { topic, qos } of subscriptions) {
      if (qos > 0 && !this.#options.isDirect(topic)) this.#filters.add(topic, id, qos);
      else this.#filters.remove(topic, id);
    }
  }

  async removeSubscriptions(client: SessionKey, filters: string[]): Promise<void> {
    await this.#inner.removeSubscriptions(client, filters);
    for (const filter of filters) this.#filters.remove(filter, client.id);
  }

  /** Also ends the session: its queue goes with its subscriptions [MQTT-3.1.2-6]. */
  async cleanSubscriptions(client: SessionKey): Promise<void> {
    const held = await this.#inner.subscriptionsByClient(client);
    await this.#inner.cleanSubscriptions(client);
    for (const { topic } of held) this.#filters.remove(topic, client.id);
    this.#lastConnected.delete(client.id);
  }

  subscriptionsByClient(client: SessionKey): Promise<StoredSubscription[]> {
    return this.#inner.subscriptionsByClient(client);
  }

  subscriptionsByTopic(topic: string): Promise<unknown> {
    return this.#inner.subscriptionsByTopic(topic);
  }

  countOffline(): Promise<unknown> {
    return this.#inner.countOffline();
  }

  outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<unknown> {
    return this.#queue.enqueue([subscription], packet);
  }

  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<unknown> {
    return this.#queue.enqueue(subscriptions, packet);
  }

  outgoingUpdate(client: SessionKey, packet: StoredPacket | StoredRelease): Promise<unknown> {
    return this.#queue.update(client, packet);
  }

  outgoingClearMessageId(client: SessionKey, packet: { messageId?: number }): Promise<unknown> {
    return this.#queue.clear(client, packet);
  }

  outgoingStream(client: SessionKey): AsyncIterable<StoredPacket | StoredRelease> {
    return this.#inner.outgoingStream(client);
  }

  incomingStorePacket(client: SessionKey, packet: { messageId: number }): Promise<unknown> {
    return this.#inner.incomingStorePacket(client, packet);
  }

  incomingGetPacket(client: SessionKey, packet: { messageId: number }): Promise<unknown> {
    return this.#inner.incomingGetPacket(client, packet);
  }

  incomingDelPacket(client: SessionKey, packet: { messageId: number }): Promise<unknown> {
    return this.#inner.incomingDelPacket(client, packet);
  }

  cleanIncoming(client: SessionKey): Promise<unknown> {
    return this.#inner.cleanIncoming(client);
  }

  putWill(client: SessionKey, packet: object): Promise<unknown> {
    return this.#inner.putWill(client, packet);
  }

  getWill(client: SessionKey): Promise<unknown> {
    return this.#inner.getWill(client);
  }

  delWill(client: SessionKey): Promise<unknown> {
    return this.#inner.delWill(client);
  }

  streamWill(brokers?: Record<string, number>): AsyncIterable<StoredWill> {
    return this.#inner.streamWill(brokers);
  }

  getClientList(filter: string): AsyncIterable<string> {
    return this.#inner.getClientList(filter);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}
