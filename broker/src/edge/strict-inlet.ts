import { isUtf8 } from 'node:buffer';
import type { AedesClient, AedesParser, PacketListener } from './aedes-fields.js';
import { faultOf, type InboundPacket } from './packet-fault.js';
import { connackFrame } from './raw-frame.js';

/**
 * Puts the edge between the parser and Aedes: strings are checked as they are read, whole packets before anybody sees
 * them, and every packet goes to the connection's inbox. Returns Aedes' own listener, which the inbox passes on to.
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
  const { connection } = this.client;
  if (packet.cmd === 'connect' && (packet.bridgeMode === true || packet.protocolVersion === 5)) {
    refuseVersion(this.client);
    return;
  }
  // `_pos` still stands behind the last field that was read.
  const fault = faultOf(packet, this._pos, connection.context.limits.topicLevelsMax);
  if (fault === undefined) connection.inbox.receive(packet);
  else connection.fault(fault);
}

/** The parser refuses a protocol level it does not know before there is a packet [MQTT-3.1.2-2]. */
function answerVersion(this: AedesParser, error: Error): void {
  if (error.message === 'Invalid protocol version') this.client.conn.write(connackFrame(1));
}

function refuseVersion(client: AedesClient): void {
  client.conn.write(connackFrame(1));
  client.connection.context.counters.connectionsRefused++;
  client.connection.fault('protocol level not supported, 3.1.1 is [MQTT-3.1.2-2]');
}
