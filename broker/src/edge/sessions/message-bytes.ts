import type { StoredPacket } from './persistence-port.js';

/** What a message at rest counts for against limits in bytes: its topic and its payload. */
export function messageBytes({ topic, payload }: Pick<StoredPacket, 'topic' | 'payload'>): number {
  return Buffer.byteLength(topic) + payload.length;
}
