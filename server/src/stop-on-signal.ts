/** A signal to the process group may arrive twice, the second time from the parent; within 1 s it does not force an exit. */
const SAME_SIGNAL_MS = 1_000;

/** Exits with 0 after an orderly stop; a second signal exits with 1 at once. */
export function stopOnSignal(target: NodeJS.Process, stop: () => Promise<void>, fail: (error: unknown) => void): void {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (stoppingSince === undefined) {
      stoppingSince = now;
      stop().then(() => target.exit(0), fail);
    } else if (now - stoppingSince > SAME_SIGNAL_MS) {
      target.exit(1);
    }
  };
  target.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}
