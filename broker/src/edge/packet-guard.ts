import type { AedesClient, AedesParser } from './aedes-fields.js';

/** Refuses a packet by the length in its header, before any of its body is buffered. */
export function guardPacketLength(client: AedesClient): void {
  client._parser._parseLength = parseGuardedLength;
}

function parseGuardedLength(this: AedesParser): boolean {
  const prototype = Object.getPrototypeOf(this) as AedesParser;
  if (!prototype._parseLength.call(this)) return false;
  const { packetBytesMax } = this.client.edge;
  if (this.packet.length <= packetBytesMax) return true;
  this._emitError(new Error(`packet of ${this.packet.length} bytes is over the limit of ${packetBytesMax}`));
  return false;
}
