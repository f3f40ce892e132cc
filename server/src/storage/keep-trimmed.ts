import type { Store } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';

const TRIM_INTERVAL_MS = 10 * 60_000;

/** Trims the change log to its age and size, now and every ten minutes, until it is cancelled. */
export function keepTrimmed(
  store: Pick<Store, 'trim'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { ageMs, bytesMax }: { readonly ageMs: number; readonly bytesMax: number },
): Cancel {
  let cancel: Cancel = () => {};
  let isCancelled = false;
  const trim = async (): Promise<void> => {
    try {
      await store.trim({ olderThan: clock.now() - ageMs, bytesMax });
    } catch (error) {
      log('error', 'trimming the change log failed; retrying', { error });
    }
    if (!isCancelled) cancel = clock.after(TRIM_INTERVAL_MS, () => void trim());
  };
  void trim();
  return () => {
    isCancelled = true;
    cancel();
  };
}
