/** A signal to a whole process group arrives again from the parent that passes it on: that is not impatience. */
const SAME_SIGNAL_MS = 1_000;

/** Ends the process with 0 after a stop in good order; a second signal ends it at once. */
export function stopOnSignal(target: NodeJS.Process, stop: () => Promise<void>, fail: (error: unknown) => void): void {
  let stoppingSince: number | undefined;
  const hear = (): void => {
    const now = performance.now();
    if (stoppingSince === undefined) {
      stoppingSince = now;
      stop().then(() => target.exit(0), fail);
    } else if (now - stoppingSince > SAME_SIGNAL_MS) {
      target.exit(1);
    }
  };
  target.on('SIGTERM', hear).on('SIGINT', hear);
}
