import type { Store } from '@muster/registry';
import type { Cancel, Clock, Log } from '@muster/twin';

const TRIM_INTERVAL_MS = 10 * 60_000;

/** Keeps the change log within its age and size, from now on and every few minutes. */
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
      log('error', 'the change log could not be trimmed', { error });
    }
    if (!isCancelled) cancel = clock.after(TRIM_INTERVAL_MS, () => void trim());
  };
  void trim();
  return () => {
    isCancelled = true;
    cancel();
  };
}
