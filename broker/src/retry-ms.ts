/** Pause before the change log is read again, or presence written again, after a failure. */
export const RETRY_MS = 1_000;
