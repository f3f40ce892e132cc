import { relative } from 'node:path';
import type { DiskEvent } from './disk-event.js';
import { type TracedCall, TraceLines } from './trace-line.js';

const WRITES = ['write', 'writev', 'pwrite64', 'pwritev'];
const SYNCS = ['fsync', 'fdatasync'];
const OPENS = ['open', 'openat', 'creat'];
const NAMES = ['mkdir', 'rename', 'unlink', 'rmdir'];
/** Calls that change files and are not recorded: reading one fails, because the recording would be incomplete. */
const REFUSED_FILE_CALLS = ['dup', 'dup2', 'dup3', 'fallocate', 'fcntl', 'ftruncate', 'pwritev2', 'sync_file_range'];
const REFUSED_COPIES = ['copy_file_range', 'sendfile', 'splice', 'io_uring_setup'];
const REFUSED_NAMES = [
  'link',
  'linkat',
  'mkdirat',
  'openat2',
  'renameat',
  'renameat2',
  'symlink',
  'symlinkat',
  'truncate',
];
const REFUSED = [...REFUSED_FILE_CALLS, ...REFUSED_COPIES, ...REFUSED_NAMES, 'unlinkat'];

export const TRACED_CALLS = [...WRITES, ...SYNCS, ...OPENS, ...NAMES, ...REFUSED, 'close', 'lseek', 'mmap'];

/** LMDB maps it writable, never syncs it, and recreates it when it is the first to open the folder. */
const LOCK_FILE = /(^|\/)lock\.mdb$/;

/** `root`: the recorded folder. `marks`: the file with the marks, outside of the root. */
export interface TracePaths {
  readonly root: string;
  readonly marks: string;
}

interface OpenFile {
  readonly handle: number;
  readonly isSynced: boolean;
  position: number;
}

/** Parses the output of `strace -f -v -xx` line by line. Paths of its events are relative to the root. */
export class TraceParser {
  readonly #paths: TracePaths;
  readonly #lines = new TraceLines();
  readonly #files = new Map<number, OpenFile>();
  /** By call: the length of a write in progress, and whether it is on disk when it returns. */
  readonly #writes = new Map<number, { readonly length: number; readonly isSynced: boolean }>();
  #marksFile: number | undefined;

  constructor(paths: TracePaths) {
    this.#paths = paths;
  }

  read(line: string): DiskEvent[] {
    const { began, ended } = this.#lines.read(line);
    return [...(began ? this.#begin(began) : []), ...(ended ? this.#end(ended, ended.result) : [])];
  }

  #begin(call: TracedCall): DiskEvent[] {
    const { name, number } = call;
    if (REFUSED.includes(name)) return this.#refuse(call);
    const descriptor = descriptorIn(call);
    const file = this.#files.get(descriptor);
    if (WRITES.includes(name)) {
      if (descriptor === this.#marksFile) return marksIn(call);
      return file ? [this.#beginWrite(file, call)] : [];
    }
    if (SYNCS.includes(name)) return file ? [{ type: 'sync-began', call: number, handle: file.handle }] : [];
    // At the beginning of the call: the number may be reused before the call is seen to return.
    if (name === 'close') this.#files.delete(descriptor);
    if (name === 'mmap') this.#checkMap(call);
    return [];
  }

  #end(call: TracedCall, result: string): DiskEvent[] {
    const { name, number } = call;
    if (WRITES.includes(name)) return this.#endWrite(number, result);
    if (SYNCS.includes(name)) return this.#files.has(descriptorIn(call)) ? endOfSync(number, result) : [];
    if (result.startsWith('-1')) return [];
    if (OPENS.includes(name)) return this.#open(call, Number(result));
    if (NAMES.includes(name)) return this.#rename(call);
    const file = this.#files.get(descriptorIn(call));
    if (name === 'lseek' && file) file.position = Number(result);
    return [];
  }

  #beginWrite(file: OpenFile, call: TracedCall): DiskEvent {
    const bytes = bytesIn(call);
    const isPlaced = call.name.startsWith('p');
    const position = isPlaced ? Number(/\d+$/.exec(call.text)?.[0]) : file.position;
    if (!isPlaced) file.position += bytes.length;
    this.#writes.set(call.number, { length: bytes.length, isSynced: file.isSynced });
    return { type: 'write-began', call: call.number, handle: file.handle, position, bytes };
  }

  #endWrite(call: number, result: string): DiskEvent[] {
    const write = this.#writes.get(call);
    if (!write) return [];
    this.#writes.delete(call);
    if (Number.parseInt(result, 10) !== write.length)
      throw new Error(`a write of ${write.length} bytes answered ${result}`);
    return [{ type: 'write-ended', call, isSynced: write.isSynced }];
  }

  #open(call: TracedCall, descriptor: number): DiskEvent[] {
    const [path = ''] = stringsIn(call).map(String);
    if (path === this.#paths.marks) this.#marksFile = descriptor;
    const inside = this.#inside(path);
    if (inside === undefined) return [];
    if (/O_TRUNC|O_APPEND/.test(call.text)) throw new Error(`${path} is opened in a way that is not recorded`);
    this.#files.set(descriptor, { handle: call.number, isSynced: /O_D?SYNC/.test(call.text), position: 0 });
    return [{ type: 'opened', handle: call.number, path: inside, isCreating: call.text.includes('O_CREAT') }];
  }

  #rename(call: TracedCall): DiskEvent[] {
    const [path, to] = stringsIn(call).map((one) => this.#inside(String(one)));
    if (path === undefined && to === undefined) return [];
    if (path !== undefined && call.name === 'mkdir') return [{ type: 'directory-made', path }];
    if (path !== undefined && call.name !== 'rename') return [{ type: 'removed', path }];
    if (path !== undefined && to !== undefined) return [{ type: 'renamed', from: path, to }];
    throw new Error('a file came from outside of what is recorded, or went there');
  }

  /** Returns undefined for a path outside of the root, and for the lock file, which a crash leaves in any state. */
  #inside(path: string): string | undefined {
    if (LOCK_FILE.test(path)) return undefined;
    if (path !== this.#paths.root && !path.startsWith(`${this.#paths.root}/`)) return undefined;
    return relative(this.#paths.root, path);
  }

  #checkMap(call: TracedCall): void {
    const [, , protection = '', flags = '', descriptor] = call.text.split(', ');
    if (!this.#files.has(Number(descriptor)) || !/PROT_WRITE/.test(protection) || !/MAP_SHARED/.test(flags)) return;
    throw new Error('a recorded file is mapped writable: what is written to memory is not recorded');
  }

  #refuse(call: TracedCall): DiskEvent[] {
    const isOfFile = REFUSED_FILE_CALLS.includes(call.name) && this.#files.has(descriptorIn(call));
    const isOfName = stringsIn(call).some((path) => this.#inside(String(path)) !== undefined);
    const isCopy = REFUSED_COPIES.includes(call.name);
    const isLock = call.name === 'fcntl' && /F_(SET|GET)(LK|FD|FL)/.test(call.text);
    if ((isOfFile || isOfName || isCopy) && !isLock)
      throw new Error(`${call.name} is not recorded: ${call.text.slice(0, 200)}`);
    return [];
  }
}

/** A sync that strace injected never reached the kernel. */
function endOfSync(call: number, result: string): DiskEvent[] {
  if (result.includes('INJECTED')) return [{ type: 'sync-faked', call }];
  if (!/^0\b/.test(result)) throw new Error(`a sync answered ${result}`);
  return [{ type: 'sync-ended', call }];
}

function marksIn(call: TracedCall): DiskEvent[] {
  const lines = bytesIn(call).toString().trimEnd().split('\n');
  return lines.map((line) => ({ type: 'mark', mark: JSON.parse(line) }));
}

function descriptorIn(call: TracedCall): number {
  return Number.parseInt(call.text, 10);
}

function bytesIn(call: TracedCall): Buffer {
  return Buffer.concat(stringsIn(call));
}

/** Parses texts such as `"\x61\x62"`: every byte is escaped, and nothing else is quoted. */
function stringsIn({ name, text }: TracedCall): Buffer[] {
  const parts = text.split('"');
  if (parts.some((part, index) => index % 2 === 0 && part.startsWith('...'))) throw new Error(`${name} is cut short`);
  return parts.filter((_, index) => index % 2 === 1).map((part) => Buffer.from(part.replaceAll('\\x', ''), 'hex'));
}
