import type { Survival } from './survival.js';

/** The unit that a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;

interface UnsyncedWrite {
  readonly call: number;
  /** Whole sectors, as they were in memory right after the write. */
  readonly start: number;
  readonly sectors: Buffer;
  /** End of the write, possibly within the last sector. */
  readonly end: number;
  hasEnded: boolean;
  /** Sectors that are on disk in a newer state, so that this write no longer affects them. */
  readonly overtaken: Set<number>;
}

/** The bytes of a file: as every process sees them, and as they are on disk. */
export class RecordedFile {
  #seen = new Bytes();
  #durable = new Bytes();
  #unsynced: UnsyncedWrite[] = [];

  beginWrite(call: number, position: number, bytes: Buffer): void {
    this.#seen.put(position, bytes);
    const start = position - (position % SECTOR_BYTES);
    const end = position + bytes.length;
    const sectors = this.#seen.copy(start, Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES);
    this.#unsynced.push({ call, start, sectors, end, hasEnded: false, overtaken: new Set() });
  }

  endWrite(call: number, isSynced: boolean): void {
    const write = this.#unsynced.find((one) => one.call === call);
    if (!write) return;
    write.hasEnded = true;
    if (isSynced) this.#settle([write]);
  }

  /** Returns the function to call when the sync returns. */
  beginSync(): () => void {
    const covered = this.#unsynced.filter(({ hasEnded }) => hasEnded);
    return () => this.#settle(covered);
  }

  image(survival: Survival): Buffer {
    const bytes = this.#durable.clone();
    for (const write of this.#unsynced) {
      const kept = survival.write(write.sectors.length / SECTOR_BYTES);
      for (const [index, isKept] of kept.entries()) {
        if (isKept && !write.overtaken.has(index)) putSector(bytes, write, index);
      }
    }
    if (this.#seen.length > bytes.length && survival.length()) bytes.put(this.#seen.length, Buffer.alloc(0));
    return bytes.copy(0, bytes.length);
  }

  #settle(writes: readonly UnsyncedWrite[]): void {
    for (const write of writes) {
      const older = this.#unsynced.slice(0, this.#unsynced.indexOf(write));
      for (let index = 0; index < write.sectors.length / SECTOR_BYTES; index += 1) {
        if (!write.overtaken.has(index)) putSector(this.#durable, write, index);
        for (const one of older) one.overtaken.add((write.start - one.start) / SECTOR_BYTES + index);
      }
    }
    this.#unsynced = this.#unsynced.filter((write) => !writes.includes(write));
  }
}

function putSector(bytes: Bytes, { start, sectors, end }: UnsyncedWrite, index: number): void {
  const offset = index * SECTOR_BYTES;
  const bytesLeft = Math.max(end, bytes.length) - (start + offset);
  bytes.put(start + offset, sectors.subarray(offset, offset + Math.min(SECTOR_BYTES, bytesLeft)));
}

/** Bytes that grow when written to. Bytes that were never written are zero. */
class Bytes {
  #buffer: Buffer;
  length: number;

  constructor(buffer: Buffer = Buffer.alloc(0)) {
    this.#buffer = buffer;
    this.length = buffer.length;
  }

  put(position: number, bytes: Buffer): void {
    const end = position + bytes.length;
    if (end > this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], Math.max(end, 2 * this.#buffer.length));
    bytes.copy(this.#buffer, position);
    this.length = Math.max(this.length, end);
  }

  /** Returns the bytes from `start` to before `end`, with zeros beyond the end. */
  copy(start: number, end: number): Buffer {
    return Buffer.concat([this.#buffer.subarray(start, Math.min(end, this.length))], end - start);
  }

  clone(): Bytes {
    return new Bytes(this.copy(0, this.length));
  }
}
