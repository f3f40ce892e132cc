import { type Awaitable, type Entries, type EntryKind, MemoryStore } from '@muster/registry';

/** A store that answers no reading of a device while it is shut. */
export class GatedStore extends MemoryStore {
  #opened: Promise<void> | undefined;

  /** Answers how to open it again. */
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
}
