import { dirname } from 'node:path';
import type { DiskEvent } from './disk-event.js';
import { RecordedFile } from './recorded-file.js';
import type { Survival } from './survival.js';

/** The state after a crash: files by their path from the root, and the folders. */
export interface DiskImage {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly directories: ReadonlySet<string>;
}

type Node = RecordedFile | 'directory';

/** A change of a name that is pending until its directory is synced. */
interface PendingName {
  readonly directory: string;
  readonly apply: (names: Map<string, Node>) => void;
}

const ROOT = '';

/** A file system after the recorded calls: the data that is certainly on disk, and the data that may be. */
export class Disk {
  readonly #names = new Map<string, Node>([[ROOT, 'directory']]);
  readonly #durableNames = new Map<string, Node>([[ROOT, 'directory']]);
  readonly #opened = new Map<number, { readonly path: string; readonly node: Node }>();
  readonly #writes = new Map<number, RecordedFile>();
  readonly #syncs = new Map<number, () => void>();
  #pending: PendingName[] = [];

  apply(event: DiskEvent): void {
    switch (event.type) {
      case 'opened':
        this.#open(event);
        break;
      case 'directory-made':
        this.#change(event.path, (names) => names.set(event.path, 'directory'));
        break;
      case 'renamed':
        this.#rename(event.from, event.to);
        break;
      case 'removed':
        this.#change(event.path, (names) => names.delete(event.path));
        break;
      case 'write-began':
        this.#beginWrite(event);
        break;
      case 'write-ended':
        this.#writes.get(event.call)?.endWrite(event.call, event.isSynced);
        this.#writes.delete(event.call);
        break;
      case 'sync-began':
        this.#syncs.set(event.call, this.#beginSync(event.handle));
        break;
      case 'sync-ended':
        this.#syncs.get(event.call)?.();
        this.#syncs.delete(event.call);
        break;
      case 'sync-faked':
      case 'mark':
        break;
    }
  }

  /** Returns the disk after a crash at this moment. */
  image(survival: Survival): DiskImage {
    const names = new Map(this.#durableNames);
    for (const { apply } of this.#pending) if (survival.name()) apply(names);
    const kept = [...names].filter(([path]) => hasAncestors(path, names));
    const files = kept.flatMap(([path, node]) => (node === 'directory' ? [] : [[path, node.image(survival)] as const]));
    const directories = kept.flatMap(([path, node]) => (node === 'directory' ? [path] : []));
    return { files: new Map(files), directories: new Set(directories) };
  }

  #open({ handle, path, isCreating }: DiskEvent & { readonly type: 'opened' }): void {
    if (isCreating && !this.#names.has(path)) {
      const file = new RecordedFile();
      this.#change(path, (names) => names.set(path, file));
    }
    const node = this.#names.get(path);
    if (!node) throw new Error(`${path} was opened, but never made`);
    this.#opened.set(handle, { path, node });
  }

  #rename(from: string, to: string): void {
    const node = this.#names.get(from);
    if (!node || node === 'directory') throw new Error(`${from} is no file that could be renamed`);
    this.#change(to, (names) => names.set(to, node).delete(from));
  }

  #change(path: string, apply: (names: Map<string, Node>) => unknown): void {
    apply(this.#names);
    this.#pending.push({ directory: parentOf(path), apply });
  }

  /** Returns the function to call when the sync returns. Writes that begin meanwhile are not part of it. */
  #beginSync(handle: number): () => void {
    const opened = this.#opened.get(handle);
    if (!opened) throw new Error('what is synced was never opened');
    if (opened.node !== 'directory') return opened.node.beginSync();
    const synced = this.#pending.filter(({ directory }) => directory === opened.path);
    return () => {
      for (const { apply } of synced) apply(this.#durableNames);
      this.#pending = this.#pending.filter((one) => !synced.includes(one));
    };
  }

  #beginWrite({ call, handle, position, bytes }: DiskEvent & { readonly type: 'write-began' }): void {
    const file = this.#opened.get(handle)?.node;
    if (!file || file === 'directory') throw new Error('what is written to is no open file');
    this.#writes.set(call, file);
    file.beginWrite(call, position, bytes);
  }
}

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? ROOT : parent;
}

function hasAncestors(path: string, names: ReadonlyMap<string, Node>): boolean {
  if (path === ROOT) return true;
  const parent = parentOf(path);
  return names.get(parent) === 'directory' && hasAncestors(parent, names);
}
