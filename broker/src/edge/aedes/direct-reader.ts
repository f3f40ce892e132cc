import { isUtf8 } from 'node:buffer';
import type { Qos } from '../edge-client.js';
import type { AedesParser } from './aedes-fields.js';

/** A PUBACK is these two bytes and a packet id (MQTT 3.1.1, section 3.4). */
const PUBACK = 0x40;
const PUBACK_REMAINING = 2;
const PUBACK_BYTES = 4;
/** The upper half of the first byte of a PUBLISH; DUP, QoS and RETAIN are the lower half (section 3.3.1). */
const PUBLISH = 0x30;
const TYPE_MASK = 0xf0;
const QOS_3 = 0x06;
const DUP = 0x08;
const RETAIN = 0x01;
/** Set in a byte of the remaining length that another byte follows (section 2.2.3). */
const CONTINUED = 0x80;

/**
 * Reads PUBLISH and PUBACK without the parser, from the beginning of a chunk as far as they are whole. The parser's
 * lists of buffers and its events take more time than the report itself. Everything else is left to the parser: other
 * packets, cut packets and faulty packets. So both readers reject the same bytes for the same reason.
 */
export class DirectReader {
  readonly #parser: AedesParser;
  /** The topic read last, which most clients send again. */
  #topic = '';
  #topicBytes: Uint8Array = new Uint8Array(0);

  constructor(parser: AedesParser) {
    this.#parser = parser;
  }

  /** Passes packets on, and returns the rest of the chunk. */
  read(chunk: Buffer): Buffer {
    if (!isBetweenPackets(this.#parser)) return chunk;
    const { client } = this.#parser;
    let at = 0;
    while (!client.closed) {
      const end = (chunk[at] ?? 0) === PUBACK ? this.#puback(chunk, at) : this.#publish(chunk, at);
      if (end === at) break;
      at = end;
    }
    return at === 0 ? chunk : chunk.subarray(at);
  }

  /** Returns the end of the packet, or `at` if it is left to the parser. */
  #puback(chunk: Buffer, at: number): number {
    if (chunk.length - at < PUBACK_BYTES || chunk[at + 1] !== PUBACK_REMAINING) return at;
    const messageId = chunk.readUInt16BE(at + 2);
    this.#parser.client.edge.receive({ cmd: 'puback', messageId, length: PUBACK_REMAINING }, PUBACK_REMAINING);
    return at + PUBACK_BYTES;
  }

  /** Returns the end of the packet, or `at` if it is left to the parser. */
  #publish(chunk: Buffer, at: number): number {
    const header = chunk[at] ?? 0;
    if ((header & TYPE_MASK) !== PUBLISH || (header & QOS_3) === QOS_3) return at;
    const start = bodyStart(chunk, at);
    if (start === undefined) return at;
    const length =
      start - at === 2 ? byteAt(chunk, at + 1) : (byteAt(chunk, at + 1) & 0x7f) | (byteAt(chunk, at + 2) << 7);
    const end = start + length;
    const { edge } = this.#parser.client;
    if (end > chunk.length || end - at > edge.packetBytesMax || length < 2) return at;
    const qos = ((header & QOS_3) >> 1) as Qos;
    const topicEnd = start + 2 + uint16At(chunk, start);
    const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
    if (payloadStart > end || !this.#readTopic(chunk, start + 2, topicEnd)) return at;
    const packet = {
      cmd: 'publish',
      topic: this.#topic,
      payload: chunk.subarray(payloadStart, end),
      qos,
      retain: (header & RETAIN) !== 0,
      dup: (header & DUP) !== 0,
      messageId: qos === 0 ? 0 : uint16At(chunk, topicEnd),
      length,
    } as const;
    edge.receive(packet, payloadStart - start);
    return end;
  }

  /** Reads the topic; false for one that is not allowed [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
  #readTopic(chunk: Buffer, start: number, end: number): boolean {
    if (isSame(this.#topicBytes, chunk, start, end)) return true;
    const bytes = chunk.subarray(start, end);
    if (!isUtf8(bytes) || bytes.includes(0)) return false;
    this.#topic = bytes.toString();
    this.#topicBytes = Uint8Array.from(bytes);
    return true;
  }
}

function isBetweenPackets(parser: AedesParser): boolean {
  return parser._stateCounter === 0 && parser._list.length === 0 && parser.error === null;
}

/** Where the body begins, behind a remaining length of one or two bytes; undefined for any other. */
function bodyStart(chunk: Buffer, at: number): number | undefined {
  if (at + 1 >= chunk.length) return undefined;
  if (byteAt(chunk, at + 1) < CONTINUED) return at + 2;
  return (chunk[at + 2] ?? CONTINUED) < CONTINUED ? at + 3 : undefined;
}

function isSame(bytes: Uint8Array, chunk: Buffer, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== chunk[start + index]) return false;
  return true;
}

function uint16At(chunk: Buffer, at: number): number {
  return (byteAt(chunk, at) << 8) | byteAt(chunk, at + 1);
}

/** The byte at an index within the chunk. */
function byteAt(chunk: Buffer, at: number): number {
  return chunk[at] as number;
}
