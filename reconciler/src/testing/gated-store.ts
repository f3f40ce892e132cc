import { type Awaitable, type Entries, type EntryKind, MemoryStore } from '@muster/registry';

/** A store whose reads of devices wait while it is shut. */
export class GatedStore extends MemoryStore {
  #opened: Promise<void> | undefined;

  /** Returns the function that opens it again. */
  shut(): () => void {
    let open = (): void => {};
    this.#opened = new Promise((resolve) => {
      open = () => {
        this.#opened = undefined;
        resolve();
      };
    });
    return open;
  }

  override read<Kind extends EntryKind>(kind: Kind, id: string): Awaitable<Entries[Kind] | undefined> {
    return kind === 'device' && this.#opened ? this.#opened.then(() => super.read(kind, id)) : super.read(kind, id);
  }

  override readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Awaitable<readonly (Entries[Kind] | undefined)[]> {
    const opened = kind === 'device' ? this.#opened : undefined;
    return opened ? opened.then(() => super.readMany(kind, ids)) : super.readMany(kind, ids);
  }
}
