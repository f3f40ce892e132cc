import type { Mark } from './mark.js';

/**
 * An operation of a process on the files of a folder, in the order of the system calls. An operation that takes time has
 * two events with the same `call`. `handle` identifies one opening of a file.
 */
export type DiskEvent =
  | { readonly type: 'opened'; readonly handle: number; readonly path: string; readonly isCreating: boolean }
  | { readonly type: 'directory-made'; readonly path: string }
  | { readonly type: 'renamed'; readonly from: string; readonly to: string }
  | { readonly type: 'removed'; readonly path: string }
  | {
      readonly type: 'write-began';
      readonly call: number;
      readonly handle: number;
      readonly position: number;
      readonly bytes: Buffer;
    }
  /** `isSynced`: the file was opened for synced writes, which return once the data is on disk. */
  | { readonly type: 'write-ended'; readonly call: number; readonly isSynced: boolean }
  | { readonly type: 'sync-began'; readonly call: number; readonly handle: number }
  | { readonly type: 'sync-ended'; readonly call: number }
  /** The process was told that the sync ended, but none took place: the rig does this to test itself. */
  | { readonly type: 'sync-faked'; readonly call: number }
  | { readonly type: 'mark'; readonly mark: Mark };

/** Reports whether, as far as the process knows, more data is on disk after this event. */
export function isSyncBoundary(event: DiskEvent): boolean {
  return event.type === 'sync-ended' || event.type === 'sync-faked' || (event.type === 'write-ended' && event.isSynced);
}

/** Returns the index of the first acknowledgement, or the length if there is none. */
export function firstAcknowledgement(events: readonly DiskEvent[]): number {
  const index = events.findIndex((event) => event.type === 'mark' && event.mark.type === 'acknowledged');
  return index < 0 ? events.length : index;
}
