import type { Change, Entries, EntryKind } from '@muster/registry';
import type { JsonObject } from '@muster/twin';

/** The server's end of a connection. A reconnect makes a new one. */
export interface ObservedConnection {
  readonly id: string;
  readonly isOpen: boolean;
  /** Whether its session already holds subscriptions. */
  readonly resumes: boolean;
}

/** The time of a decision: elapsed time, and the number of jumps of the wall clock until then. */
export interface Decided {
  readonly decidedMs: number;
  readonly jumps: number;
}

/** An event at a port. Every checker gets it at the moment it happens. */
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
  /** The broker gets a message that a device published. */
  | {
      readonly kind: 'published';
      readonly connection: ObservedConnection;
      readonly topic: string;
      readonly message: JsonObject;
    }
  /** The server acknowledges a message that a device published. */
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
  /** A verb of an operator resolves or rejects. */
  | {
      readonly kind: 'operated';
      readonly verb: string;
      readonly id: string;
      readonly outcome: 'done' | 'refused' | 'unknown';
      readonly mark: string | undefined;
      readonly revision: number | undefined;
      /** Reason of a refusal. */
      readonly reason: string | undefined;
    }
  /** A device got a document and applied it. */
  | { readonly kind: 'handed'; readonly device: string; readonly actual: JsonObject; readonly document: JsonObject }
  | { readonly kind: 'logged'; readonly level: string; readonly message: string; readonly error: unknown }
  | { readonly kind: 'crashed' };
