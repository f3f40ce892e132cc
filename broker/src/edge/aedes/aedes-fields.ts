import type { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { Aedes, type AedesOptions } from 'aedes';
import type { Connection } from '../connection/connection.js';
import type { Qos } from '../edge-client.js';
import type { InboundPacket } from '../packets/packet-fault.js';

/** The socket of a client; Aedes adds the member `client`. */
export type ClientSocket = Duplex & { client: AedesClient; remoteAddress?: string };

/** The parser of mqtt-packet, with the private members that the edge uses. */
export interface AedesParser extends EventEmitter {
  /** The packet being read; its fields appear in the order of its bytes. */
  packet: { cmd?: string; length: number; protocolVersion?: number; bridgeMode?: boolean };
  client: AedesClient;
  _pos: number;
  /** Number of the part of a packet that is read next; 0 between two packets. */
  _stateCounter: number;
  /** Bytes that arrived and were not read. */
  _list: { readonly length: number };
  error: Error | null;
  parse(chunk: Buffer): number;
  _parseLength(): boolean;
  _parseString(): string | null;
  _parseBuffer(): Buffer | null;
  _emitError(error: Error): void;
}

/** A client of Aedes, with the private members that the edge uses. */
export interface AedesClient extends EventEmitter {
  /** Set by the edge as soon as the client exists. */
  edge: Connection;
  id: string;
  clean: boolean;
  conn: ClientSocket;
  closed: boolean;
  connected: boolean;
  connackSent: boolean;
  subscriptions: Record<string, { qos: Qos } | undefined>;
  will: { topic: string; payload: Buffer } | null;
  _will: { topic: string; payload: Buffer } | null | undefined;
  _disconnected: boolean;
  _parser: AedesParser;
  _keepaliveTimer: NodeJS.Timeout | null;
  _keepaliveInterval: number;
  deliver0: Deliver;
  deliverQoS: Deliver;
  close(done?: () => void): void;
  pause(): void;
  resume(): void;
  subscribe(packet: { subscriptions: { topic: string; qos: Qos }[] }, done: (error?: Error | null) => void): void;
  unsubscribe(packet: { unsubscriptions: string[]; messageId: number }, done: (error?: Error | null) => void): void;
}

/** Called by the emitter for each subscriber, with its own copy of the packet, and a callback to call when done. */
export type Deliver = (packet: EmittedPacket, done: () => void) => void;

export interface EmittedPacket {
  brokerCounter: number;
  topic: string;
  payload: Buffer;
  qos: Qos;
}

export type PacketListener = (this: AedesParser, packet: InboundPacket) => void;

/** The broker, with the members that its type declarations omit. */
export interface AedesBroker extends EventEmitter {
  id: string;
  counter: number;
  connectedClients: number;
  clients: Record<string, AedesClient | undefined>;
  mq: { emit(packet: object, done: () => void): void };
  handle(socket: Duplex): AedesClient;
  listen(): Promise<void>;
  close(done: () => void): void;
  subscribe(filter: string, deliver: Deliver, done?: () => void): void;
  unsubscribe(filter: string, deliver: Deliver, done?: () => void): void;
  publish(packet: object, client: unknown, done?: unknown): void;
  registerClient(client: AedesClient): void;
  unregisterClient(client: AedesClient): void;
  _heartbeatInterval: NodeJS.Timeout;
  _clearWillInterval: NodeJS.Timeout;
}

export const AedesBase = Aedes as unknown as new (options: AedesOptions) => AedesBroker;

const CLIENT_FIELDS = {
  closed: 'boolean',
  connected: 'boolean',
  connackSent: 'boolean',
  subscriptions: 'object',
  will: 'object',
  _will: 'object',
  _disconnected: 'boolean',
  _keepaliveTimer: 'object',
  _keepaliveInterval: 'number',
  _parser: 'object',
  deliver0: 'function',
  deliverQoS: 'function',
  close: 'function',
  pause: 'function',
  resume: 'function',
  subscribe: 'function',
  unsubscribe: 'function',
} as const;

const PARSER_FIELDS = {
  packet: 'object',
  parse: 'function',
  _stateCounter: 'number',
  _list: 'object',
  _parseLength: 'function',
  _parseString: 'function',
  _parseBuffer: 'function',
  _emitError: 'function',
} as const;

const BROKER_FIELDS = {
  id: 'string',
  counter: 'number',
  clients: 'object',
  mq: 'object',
  handle: 'function',
  listen: 'function',
  subscribe: 'function',
  unsubscribe: 'function',
  publish: 'function',
  registerClient: 'function',
  unregisterClient: 'function',
} as const;

/**
 * Throws unless the installed Aedes and mqtt-packet have every private member that the edge uses, with the expected
 * type: the edge must not run on a version with other internals.
 */
export function checkPrivateFields(): void {
  const broker = new AedesBase({});
  const client = broker.handle(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }));
  const wrong = [
    ...wrongFields('broker', broker, BROKER_FIELDS),
    ...wrongFields('client', client, CLIENT_FIELDS),
    ...wrongFields('parser', client._parser, PARSER_FIELDS),
  ];
  if (client._parser?.listenerCount?.('packet') !== 1) wrong.push('parser: one packet listener');
  if (client.conn?.client !== client) wrong.push('socket.client: the client');
  client.conn?.destroy();
  client.close?.();
  if (wrong.length > 0) {
    throw new Error(
      `the installed aedes or mqtt-packet is not supported: ${wrong.join('; ')}. Install the pinned versions.`,
    );
  }
}

/** Names the fields that are missing or have another type. */
export function wrongFields(owner: string, value: unknown, fields: Readonly<Record<string, string>>): string[] {
  if (typeof value !== 'object' || value === null) return [`${owner}: an object`];
  const record = value as Record<string, unknown>;
  return Object.entries(fields)
    .filter(([name, type]) => typeof record[name] !== type)
    .map(([name, type]) => `${owner}.${name}: ${type}`);
}
