/** The server as it is, with one ear for the bench: how much memory is held after a garbage collection. */
import { readConfig, startServer } from '@muster/server';

const reading = readConfig(process.env, []);
if (reading.kind === 'problems') throw new Error(reading.problems.join('\n'));
const server = await startServer(reading.config);
process.stdout.write('muster: ready\n');

process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
