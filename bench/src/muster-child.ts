/** The server as it is, with one ear for the bench: how much memory is held after a garbage collection. */
import '@muster/server/main';

process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
