import { isUtf8 } from 'node:buffer';
import type { InboundPacket } from '../packets/packet-fault.js';
import { connackFrame, lengthBytes } from '../packets/raw-frame.js';
import type { AedesClient, AedesParser, PacketListener } from './aedes-fields.js';
import { DirectReader } from './direct-reader.js';

/**
 * Puts the edge between the parser and Aedes: lengths and strings are checked while they are read, and every packet
 * goes to the edge. Returns Aedes' own listener, for the packets that the edge passes on. `readsDirectly`: whether a
 * `DirectReader` stands before the parser.
 */
export function takeInlet(client: AedesClient, readsDirectly: boolean): PacketListener {
  const parser = client._parser;
  const listener = parser.listeners('packet')[0] as PacketListener;
  parser.removeAllListeners('packet');
  parser.on('packet', receivePacket);
  parser.prependListener('error', answerVersion);
  parser._parseLength = parseGuardedLength;
  parser._parseString = parseStrictString;
  if (readsDirectly) readDirectly(parser);
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

function readDirectly(parser: AedesParser): void {
  const reader = new DirectReader(parser);
  const parse = parser.parse;
  parser.parse = function parseRest(this: AedesParser, chunk: Buffer): number {
    const rest = reader.read(chunk);
    return rest.length === 0 ? 0 : parse.call(this, rest);
  };
}
