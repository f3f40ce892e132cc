import {
  type ChangePage,
  type CommitListener,
  type Committed,
  type Decision,
  type Entries,
  type EntryKind,
  MemoryStore,
} from '@muster/registry';
import { type Cancel, TwinError } from '@muster/twin';

type Verb = 'read' | 'scan' | 'update' | 'changes';

/** A memory store whose verbs fail while a test says so; `read` stands for `readMany` too. */
export class FailingStore extends MemoryStore {
  readonly failing = new Set<Verb>();
  /** Whether commits are kept from listeners, which no store may do. */
  isSilent = false;

  override onCommit(listener: CommitListener): Cancel {
    return super.onCommit((entries) => this.isSilent || listener(entries));
  }

  override async read<Kind extends EntryKind>(kind: Kind, id: string): Promise<Entries[Kind] | undefined> {
    this.#mustWork('read');
    return super.read(kind, id);
  }

  override async readMany<Kind extends EntryKind>(
    kind: Kind,
    ids: readonly string[],
  ): Promise<readonly (Entries[Kind] | undefined)[]> {
    this.#mustWork('read');
    return super.readMany(kind, ids);
  }

  override async scan<Kind extends EntryKind>(
    kind: Kind,
    after: string,
    limit: number,
  ): Promise<readonly Entries[Kind][]> {
    this.#mustWork('scan');
    return super.scan(kind, after, limit);
  }

  override async update<Kind extends EntryKind, Result>(
    kind: Kind,
    id: string,
    decide: (current: Entries[Kind] | undefined) => Decision<Kind, Result>,
  ): Promise<Committed<Result>> {
    this.#mustWork('update');
    return super.update(kind, id, decide);
  }

  override async changes(after: number, limit: number): Promise<ChangePage> {
    this.#mustWork('changes');
    return super.changes(after, limit);
  }

  #mustWork(verb: Verb): void {
    if (this.failing.has(verb)) throw new TwinError('unavailable', `${verb} fails`);
  }
}
