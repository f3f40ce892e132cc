import type { ConditionIndex } from '@muster/conditions';
import type { Entries, EntryKind, NewChange } from '@muster/registry';
import type { JsonObject } from '@muster/twin';

/** What a deliberate fault does at the ports. One that does nothing is the real thing. */
export interface Mutation {
  readonly acknowledgesEarly?: boolean;
  readonly losesWakeUps?: boolean;
  readonly showsStale?: boolean;
  /** What is stored instead of an entry, over what was there. */
  readonly stored?: (
    entry: Entries[EntryKind] | undefined,
    before: Entries[EntryKind] | undefined,
  ) => Entries[EntryKind] | undefined;
  /** What is shown to whoever reads an entry. */
  readonly shown?: (entry: Entries[EntryKind]) => Entries[EntryKind];
  /** What is logged instead of changes. */
  readonly logged?: (changes: readonly NewChange[]) => readonly NewChange[];
  /** What is sent instead of a message of `$twin/desired`. */
  readonly sent?: (message: JsonObject) => readonly JsonObject[];
  /** Every so manieth message goes to another device. */
  readonly misdirectsEvery?: number;
  /** What the broker is handed instead of a report. */
  readonly published?: (message: JsonObject, current: number) => JsonObject;
  /** Topics on which nothing is sent. */
  readonly silences?: readonly string[];
  /** Sends again what was sent last, whenever a minute passes. */
  readonly repeatsItself?: boolean;
  readonly index?: () => ConditionIndex;
  readonly neverSweeps?: boolean;
}
