import type { Qos } from '../edge-client.js';

/** The part of a client that a persistence reads. */
export interface SessionKey {
  id: string;
}

export interface StoredSubscription {
  topic: string;
  qos: Qos;
  /** MQTT 5 retain handling: a number that every persistence keeps, unused by 3.1.1. */
  rh?: number | undefined;
}

/** A stored message. `messageId` is set once the message was sent. */
export interface StoredPacket {
  cmd: 'publish';
  brokerId: string;
  brokerCounter: number;
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  dup: boolean;
  messageId?: number | null | undefined;
}

/** The PUBREL that replaces a stored QoS 2 message after its PUBREC. */
export interface StoredRelease {
  cmd: 'pubrel';
  messageId: number;
}

export interface StoredWill {
  clientId: string;
  brokerId: string;
}

/** The part of the contract of aedes-persistence 11 that the edge uses. */
export interface AedesPersistence {
  setup(broker: object): Promise<void>;
  storeRetained(packet: StoredPacket): Promise<void>;
  createRetainedStream(filter: string): AsyncIterable<StoredPacket>;
  addSubscriptions(client: SessionKey, subscriptions: StoredSubscription[]): Promise<unknown>;
  removeSubscriptions(client: SessionKey, filters: string[]): Promise<unknown>;
  subscriptionsByClient(client: SessionKey): Promise<StoredSubscription[]>;
  cleanSubscriptions(client: SessionKey): Promise<unknown>;
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<unknown>;
  outgoingUpdate(client: SessionKey, packet: StoredPacket | StoredRelease): Promise<unknown>;
  outgoingClearMessageId(client: SessionKey, packet: { messageId?: number }): Promise<unknown>;
  outgoingStream(client: SessionKey): AsyncIterable<StoredPacket | StoredRelease>;
  incomingStorePacket(client: SessionKey, packet: { messageId: number }): Promise<unknown>;
  incomingGetPacket(client: SessionKey, packet: { messageId: number }): Promise<unknown>;
  incomingDelPacket(client: SessionKey, packet: { messageId: number }): Promise<unknown>;
  cleanIncoming(client: SessionKey): Promise<unknown>;
  putWill(client: SessionKey, packet: object): Promise<unknown>;
  delWill(client: SessionKey): Promise<unknown>;
  streamWill(brokers?: Record<string, number>): AsyncIterable<StoredWill>;
  getClientList(filter: string): AsyncIterable<string>;
  destroy(): Promise<void>;
}
