import { isUtf8 } from 'node:buffer';
import type { AedesClient, AedesParser, PacketListener } from './aedes-fields.js';
import type { InboundPacket } from './packet-fault.js';
import { connackFrame } from './raw-frame.js';

/**
 * Puts the edge between the parser and Aedes: strings are checked as they are read, whole packets before anybody sees
 * them, and every packet goes to the edge. Returns Aedes' own listener, for what is passed on.
 */
export function takeInlet(client: AedesClient): PacketListener {
  const parser = client._parser;
  const listener = parser.listeners('packet')[0] as PacketListener;
  parser.removeAllListeners('packet');
  parser.on('packet', receivePacket);
  parser.prependListener('error', answerVersion);
  parser._parseString = parseStrictString;
  return listener;
}

/** Ill-formed UTF-8 [MQTT-1.5.3-1] and U+0000 [MQTT-1.5.3-2] read as a string that is not there, which is an error. */
function parseStrictString(this: AedesParser): string | null {
  const raw = this._parseBuffer();
  return raw !== null && isUtf8(raw) && !raw.includes(0) ? raw.toString() : null;
}

function receivePacket(this: AedesParser, packet: InboundPacket): void {
  // `_pos` still stands behind the last field that was read.
  this.client.edge.receive(packet, this._pos);
}

/**
 * A CONNECT of another protocol level is answered even when it cannot be parsed: of levels above 5 the parser knows
 * nothing, and the fields of MQTT 5 may be wrong in their own ways [MQTT-3.1.2-2].
 */
function answerVersion(this: AedesParser): void {
  const { cmd, protocolVersion, bridgeMode } = this.packet;
  if (cmd !== 'connect' || protocolVersion === undefined) return;
  if (bridgeMode === true || protocolVersion < 3 || protocolVersion > 4) this.client.conn.write(connackFrame(1));
}
