import type { StoredPacket } from './persistence-port.js';

/** Returns the size of a stored message for limits in bytes: that of its topic and its payload. */
export function messageBytes({ topic, payload }: Pick<StoredPacket, 'topic' | 'payload'>): number {
  return Buffer.byteLength(topic) + payload.length;
}
