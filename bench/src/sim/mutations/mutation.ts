import type { ConditionIndex } from '@muster/conditions';
import type { CommittedEntry, Entries, EntryKind } from '@muster/registry';
import type { JsonObject } from '@muster/twin';

/** A deliberate fault: what it changes at the ports. Without members it changes nothing. */
export interface Mutation {
  readonly acknowledgesEarly?: boolean;
  readonly losesWakeUps?: boolean;
  readonly showsStale?: boolean;
  /** Replaces an entry that is to be stored. */
  readonly stored?: (
    entry: Entries[EntryKind] | undefined,
    before: Entries[EntryKind] | undefined,
  ) => Entries[EntryKind] | undefined;
  /** Replaces an entry that is read. */
  readonly shown?: (entry: Entries[EntryKind]) => Entries[EntryKind];
  /** The commits that listeners are told of. */
  readonly told?: (entries: readonly CommittedEntry[]) => readonly CommittedEntry[];
  /** Replaces a message on `$twin/desired`. */
  readonly sent?: (message: JsonObject) => readonly JsonObject[];
  /** Every Nth message goes to the wrong device. */
  readonly misdirectsEvery?: number;
  /** Replaces a report on its way to the broker. */
  readonly published?: (message: JsonObject, current: number) => JsonObject;
  /** Topics whose messages are dropped. */
  readonly silences?: readonly string[];
  /** Whether the last message is sent again every minute. */
  readonly repeatsItself?: boolean;
  readonly index?: () => ConditionIndex;
  readonly neverSweeps?: boolean;
}
