/** How long what failed rests before it is tried again. */
export const RETRY_AFTER_MS = 1_000;
