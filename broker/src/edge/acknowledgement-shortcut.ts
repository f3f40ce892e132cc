import type { AedesClient, AedesParser } from './aedes-fields.js';

/** A PUBACK is these two bytes and a packet id (MQTT 3.1.1, section 3.4). */
const PUBACK = 0x40;
const REMAINING = 2;
const PUBACK_BYTES = 4;

/**
 * Reads PUBACKs that begin a chunk without the parser: a device that is pushed to answers with little else, and the
 * parser's buffers and events cost more than the push. Whatever else comes, or is cut in two, is left to the parser.
 */
export function readAcknowledgementsDirectly(client: AedesClient): void {
  const parser = client._parser;
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
