/**
 * The unchanged server, which also answers three questions of the bench: memory, event loop and rollouts.
 * Memory is taken after a garbage collection; the others are how long the event loop was held, in all and by each batch
 * of admissions.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { importPackage } from './checkout.js';

const { readConfig, startServer } = await importPackage('server');
const reading = readConfig(process.env, []);
if (reading.kind === 'problems') throw new Error(reading.problems.join('\n'));
let rolloutTicks: unknown[] = [];
const server = await startServer(reading.config, {
  log: (level, message, details) => {
    if (level === 'error') console.error(message, details);
    if (message === 'a rollout admits devices') rolloutTicks.push(details);
  },
});
process.stdout.write('muster: ready\n');

process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
// A bench that fails leaves no server behind.
process.once('disconnect', () => process.exit(1));
const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const milliseconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

process.on('message', (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.(heapUsed + external);
  }
  if (message === 'rollout') {
    process.send?.(rolloutTicks);
    rolloutTicks = [];
  }
  if (message === 'loop') {
    process.send?.({ maxMs: milliseconds(delay.max), p99Ms: milliseconds(delay.percentile(99)) });
    delay.enable();
    delay.reset();
  }
});
