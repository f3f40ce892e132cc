import type { Qos } from '../edge-client.js';

export interface FrameFlags {
  qos: Qos;
  retain: boolean;
  dup: boolean;
}

/** Returns the bytes of one PUBLISH. A string becomes UTF-8; `id` is written for QoS 1 and 2 only. */
export function publishFrame(topic: string, payload: Buffer | string, flags: FrameFlags, id: number): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  const idBytes = flags.qos > 0 ? 2 : 0;
  const length = 2 + topicBytes + idBytes + Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
  frame[0] = 0x30 | (flags.dup ? 8 : 0) | (flags.qos << 1) | (flags.retain ? 1 : 0);
  let at = writeLength(frame, length);
  at = frame.writeUInt16BE(topicBytes, at);
  at += frame.write(topic, at);
  if (idBytes > 0) at = frame.writeUInt16BE(id, at);
  if (typeof payload === 'string') frame.write(payload, at);
  else payload.copy(frame, at);
  return frame;
}

/** First byte of the two-byte acknowledgements: the type and its required flags. */
export const ACKNOWLEDGEMENT = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;

export function acknowledgementFrame(header: number, id: number): Buffer {
  return Buffer.of(header, 2, id >> 8, id & 0xff);
}

export function subackFrame(id: number, codes: readonly number[]): Buffer {
  const length = 2 + codes.length;
  const frame = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
  frame[0] = 0x90;
  const at = frame.writeUInt16BE(id, writeLength(frame, length));
  frame.set(codes, at);
  return frame;
}

export function connackFrame(returnCode: number): Buffer {
  return Buffer.of(0x20, 2, 0, returnCode);
}

export function pingrespFrame(): Buffer {
  return Buffer.of(0xd0, 0);
}

/** Writes the remaining length (section 2.2.3) behind the first byte. Returns where the variable header begins. */
function writeLength(frame: Buffer, length: number): number {
  let at = 1;
  let rest = length;
  do {
    frame[at++] = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
    rest >>>= 7;
  } while (rest > 0);
  return at;
}

/** Returns the size of the remaining length in bytes (table 2.4). */
export function lengthBytes(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  return length < 0x20_0000 ? 3 : 4;
}
