import type { Change, Entries, EntryKind } from '@muster/registry';
import type { JsonObject } from '@muster/twin';

/** The server's end of a connection; a reconnect is another one. */
export interface ObservedConnection {
  readonly id: string;
  readonly isOpen: boolean;
  /** Whether its session already holds subscriptions. */
  readonly resumes: boolean;
}

/** When something was decided: in elapsed time, and how often the clock on the wall had jumped by then. */
export interface Decided {
  readonly decidedMs: number;
  readonly jumps: number;
}

/** What passes a port, told to every checker at the moment when it happens. */
export type Observation =
  | ({
      /** An entry and its changes are on disk, in the order in which they were decided. */
      readonly kind: 'committed';
      readonly entryKind: EntryKind;
      readonly id: string;
      readonly before: Entries[EntryKind] | undefined;
      readonly after: Entries[EntryKind] | undefined;
      readonly changes: readonly Change[];
    } & Decided)
  | { readonly kind: 'connected' | 'subscribed' | 'disconnected'; readonly connection: ObservedConnection }
  /** The broker is handed what a device published. */
  | {
      readonly kind: 'published';
      readonly connection: ObservedConnection;
      readonly topic: string;
      readonly message: JsonObject;
    }
  /** The server acknowledges what a device published. */
  | {
      readonly kind: 'confirmed';
      readonly connection: ObservedConnection;
      readonly topic: string;
      readonly message: JsonObject;
    }
  /** The server sends to a device. */
  | {
      readonly kind: 'sent';
      readonly connection: ObservedConnection;
      readonly topic: string;
      readonly text: string;
    }
  /** A verb of an operator begins to be answered. */
  | {
      readonly kind: 'operated';
      readonly verb: string;
      readonly id: string;
      readonly outcome: 'done' | 'refused' | 'unknown';
      readonly mark: string | undefined;
      readonly revision: number | undefined;
      /** Why not. */
      readonly reason: string | undefined;
    }
  /** A device took hold of a document and was brought to it. */
  | { readonly kind: 'handed'; readonly device: string; readonly actual: JsonObject; readonly document: JsonObject }
  | { readonly kind: 'logged'; readonly level: string; readonly message: string; readonly error: unknown }
  | { readonly kind: 'crashed' };
