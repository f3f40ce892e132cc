import { isUtf8 } from 'node:buffer';
import type { InboundPacket } from '../packets/packet-fault.js';
import { connackFrame, lengthBytes } from '../packets/raw-frame.js';
import type { AedesClient, AedesParser, PacketListener } from './aedes-fields.js';

/** A PUBACK is these two bytes and a packet id (MQTT 3.1.1, section 3.4). */
const PUBACK = 0x40;
const REMAINING = 2;
const PUBACK_BYTES = 4;

/**
 * Puts the edge between the parser and Aedes: lengths and strings are checked while they are read, and every packet
 * goes to the edge. Returns Aedes' own listener, for the packets that the edge passes on.
 */
export function takeInlet(client: AedesClient): PacketListener {
  const parser = client._parser;
  const listener = parser.listeners('packet')[0] as PacketListener;
  parser.removeAllListeners('packet');
  parser.on('packet', receivePacket);
  parser.prependListener('error', answerVersion);
  parser._parseLength = parseGuardedLength;
  parser._parseString = parseStrictString;
  readAcknowledgementsDirectly(parser);
  return listener;
}

/** Refuses a packet that is too large by the length in its header, before any of its body is buffered. */
function parseGuardedLength(this: AedesParser): boolean {
  const prototype = Object.getPrototypeOf(this) as AedesParser;
  if (!prototype._parseLength.call(this)) return false;
  const { packetBytesMax } = this.client.edge;
  const { length } = this.packet;
  const packetBytes = 1 + lengthBytes(length) + length;
  if (packetBytes <= packetBytesMax) return true;
  this._emitError(new Error(`packet of ${packetBytes} bytes is over the limit of ${packetBytesMax}`));
  return false;
}

/** Returns null, an error to the parser, for ill-formed UTF-8 [MQTT-1.5.3-1] and for U+0000 [MQTT-1.5.3-2]. */
function parseStrictString(this: AedesParser): string | null {
  const raw = this._parseBuffer();
  return raw !== null && isUtf8(raw) && !raw.includes(0) ? raw.toString() : null;
}

function receivePacket(this: AedesParser, packet: InboundPacket): void {
  // `_pos` still points behind the last field that was read.
  this.client.edge.receive(packet, this._pos);
}

/**
 * Answers a CONNECT of another protocol level even when it cannot be parsed [MQTT-3.1.2-2]. The parser does not know
 * levels above 5, and the fields of an MQTT 5 CONNECT may be malformed.
 */
function answerVersion(this: AedesParser): void {
  const { cmd, protocolVersion, bridgeMode } = this.packet;
  if (cmd !== 'connect' || protocolVersion === undefined) return;
  if (bridgeMode === true || protocolVersion < 3 || protocolVersion > 4) this.client.conn.write(connackFrame(1));
}

/**
 * Reads PUBACKs at the start of a chunk without the parser, whose buffers and events cost more than a push. A device
 * sends little else after a push. Other packets, and PUBACKs cut in two, go to the parser.
 */
function readAcknowledgementsDirectly(parser: AedesParser): void {
  const parse = parser.parse;
  parser.parse = function parseRest(this: AedesParser, chunk: Buffer): number {
    const rest = isBetweenPackets(this) ? afterAcknowledgements(this, chunk) : chunk;
    return rest.length === 0 ? 0 : parse.call(this, rest);
  };
}

function isBetweenPackets(parser: AedesParser): boolean {
  return parser._stateCounter === 0 && parser._list.length === 0 && parser.error === null;
}

function afterAcknowledgements({ client }: AedesParser, chunk: Buffer): Buffer {
  let at = 0;
  while (!client.closed && chunk.length - at >= PUBACK_BYTES && chunk[at] === PUBACK && chunk[at + 1] === REMAINING) {
    const messageId = chunk.readUInt16BE(at + 2);
    client.edge.receive({ cmd: 'puback', messageId, length: REMAINING }, REMAINING);
    at += PUBACK_BYTES;
  }
  return at === 0 ? chunk : chunk.subarray(at);
}
