import type { AedesClient, AedesParser } from './aedes-fields.js';

/** Refuses a packet by the length in its header, before any of its body is buffered. */
export function guardPacketLength(client: AedesClient): void {
  client._parser._parseLength = parseGuardedLength;
}

function parseGuardedLength(this: AedesParser): boolean {
  const prototype = Object.getPrototypeOf(this) as AedesParser;
  if (!prototype._parseLength.call(this)) return false;
  const { packetBytesMax } = this.client.edge;
  const { length } = this.packet;
  if (headBytes(length) + length <= packetBytesMax) return true;
  this._emitError(new Error(`packet of ${headBytes(length) + length} bytes is over the limit of ${packetBytesMax}`));
  return false;
}

/** The fixed header: one byte, and the length in as many bytes as it takes (MQTT 3.1.1, table 2.4). */
function headBytes(length: number): number {
  if (length < 128) return 2;
  if (length < 16_384) return 3;
  return length < 2_097_152 ? 4 : 5;
}
