import type { Mark } from './mark.js';

/**
 * What a process did to the files of a folder, in the order in which the kernel was asked. What takes time has a
 * beginning and an end, told apart by the number of the call. `handle` stands for one opening of a file.
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
  /** `isSynced`: the file was opened so that a write returns only when it is on disk. */
  | { readonly type: 'write-ended'; readonly call: number; readonly isSynced: boolean }
  | { readonly type: 'sync-began'; readonly call: number; readonly handle: number }
  | { readonly type: 'sync-ended'; readonly call: number }
  /** The process was told that it ended, but nobody did it: the rig breaks itself so to see that this is found out. */
  | { readonly type: 'sync-faked'; readonly call: number }
  | { readonly type: 'mark'; readonly mark: Mark };

/** From here on something is on disk that was not before, as far as the process knows. */
export function isSyncBoundary(event: DiskEvent): boolean {
  return event.type === 'sync-ended' || event.type === 'sync-faked' || (event.type === 'write-ended' && event.isSynced);
}

/** Where something is there to be lost; the length when nothing ever was acknowledged. */
export function firstAcknowledgement(events: readonly DiskEvent[]): number {
  const index = events.findIndex((event) => event.type === 'mark' && event.mark.type === 'acknowledged');
  return index < 0 ? events.length : index;
}
