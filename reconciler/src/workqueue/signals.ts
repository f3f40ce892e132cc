/** How parts of the reconciler ask for work. */
export interface Signals {
  /** Queues the device to be reconciled. */
  readonly wake: (device: string, cause?: 'start' | 'change') => void;
  /** Undefined while more devices may be queued at once; otherwise it resolves when they may. */
  readonly room: () => Promise<void> | undefined;
  /** The counts of the configuration may have changed. */
  readonly statusChanged: (configuration: string) => void;
}
