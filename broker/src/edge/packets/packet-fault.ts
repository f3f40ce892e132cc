import type { Qos } from '../edge-client.js';
import { countLevels, hasWildcard, isFilter } from './topic-filter.js';

interface Will {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
}

interface Framed {
  /** Remaining length that the fixed header declares. */
  length: number;
}

export interface ConnectPacket extends Framed {
  cmd: 'connect';
  clientId: string;
  clean: boolean;
  protocolVersion: number;
  bridgeMode?: boolean;
  username?: string;
  password?: Buffer;
  will?: Will;
}

export interface PublishPacket extends Framed {
  cmd: 'publish';
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  dup: boolean;
  messageId: number;
}

export interface SubscribePacket extends Framed {
  cmd: 'subscribe';
  messageId: number;
  subscriptions: { topic: string; qos: Qos }[];
}

export interface UnsubscribePacket extends Framed {
  cmd: 'unsubscribe';
  messageId: number;
  unsubscriptions: string[];
}

export interface AcknowledgementPacket extends Framed {
  cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  messageId: number;
}

export interface BarePacket extends Framed {
  cmd: 'pingreq' | 'disconnect' | 'connack' | 'suback' | 'unsuback' | 'pingresp' | 'auth';
}

/** A packet from the parser, with the fields that the edge reads. */
export type InboundPacket =
  | ConnectPacket
  | PublishPacket
  | SubscribePacket
  | UnsubscribePacket
  | AcknowledgementPacket
  | BarePacket;

/**
 * Returns the fault of a packet that the parser let through, or undefined. `consumedBytes` is how far the parser read:
 * bytes left over are a fault [MQTT-4.8.0-1], except in a PUBLISH, where they are the payload.
 */
export function faultOf(packet: InboundPacket, consumedBytes: number, topicLevelsMax: number): string | undefined {
  if (packet.cmd === 'publish') return publishFault(packet, consumedBytes, topicLevelsMax);
  if (consumedBytes !== packet.length) return `${packet.cmd}: its length does not match its fields`;
  switch (packet.cmd) {
    case 'connect':
      return connectFault(packet, topicLevelsMax);
    case 'subscribe':
      return idFault(packet.cmd, packet.messageId) ?? filtersFault(packet.subscriptions.map((entry) => entry.topic));
    case 'unsubscribe':
      return idFault(packet.cmd, packet.messageId) ?? filtersFault(packet.unsubscriptions);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return idFault(packet.cmd, packet.messageId);
    case 'pingreq':
    case 'disconnect':
      return undefined;
    default:
      return `${packet.cmd}: not a packet that a client may send`;
  }
}

function publishFault(packet: PublishPacket, consumedBytes: number, topicLevelsMax: number): string | undefined {
  if (consumedBytes > packet.length) return 'publish: shorter than its fields';
  if (packet.qos === 0) {
    if (packet.dup) return 'publish: DUP with QoS 0 [MQTT-3.3.1-2]';
  } else if (packet.messageId < 1) return 'publish: packet id 0 [MQTT-2.3.1-1]';
  return topicFault('publish', packet.topic, topicLevelsMax);
}

function connectFault(packet: ConnectPacket, topicLevelsMax: number): string | undefined {
  if (packet.password !== undefined && packet.username === undefined) {
    return 'connect: password without user name [MQTT-3.1.2-22]';
  }
  if (packet.will === undefined) return undefined;
  if (packet.will.qos > 2) return 'connect: will QoS 3 [MQTT-3.1.2-14]';
  return topicFault('connect: will', packet.will.topic, topicLevelsMax);
}

function topicFault(where: string, topic: string, levelsMax: number): string | undefined {
  if (topic.length === 0) return `${where}: empty topic [MQTT-4.7.3-1]`;
  if (hasWildcard(topic)) return `${where}: wildcard in a topic [MQTT-3.3.2-2]`;
  return countLevels(topic) > levelsMax ? `${where}: more than ${levelsMax} topic levels` : undefined;
}

function idFault(cmd: string, id: number): string | undefined {
  return id < 1 ? `${cmd}: packet id 0 [MQTT-2.3.1-1]` : undefined;
}

function filtersFault(filters: readonly string[]): string | undefined {
  if (filters.length === 0) return 'no topic filter [MQTT-3.8.3-3] [MQTT-3.10.3-2]';
  return filters.every(isFilter) ? undefined : 'bad topic filter [MQTT-4.7.1-2] [MQTT-4.7.1-3]';
}
