import type { BenchOptions, Figure } from '../measure/figure.js';
import { measureRestart } from '../measure/measure-restart.js';
import { printFinds } from '../measure/print-restarts.js';
import { count, gigabytes, table } from '../measure/table.js';

const DEVICES = 1_000_000;
const READY_SECONDS_AIM = 30;
const GIGABYTES_AIM = 2;

/** Starts a server on a large fleet, then sends the queries that would be a scan without an index. */
export async function restart({ size: devices = DEVICES }: BenchOptions): Promise<readonly Figure[]> {
  const figures = await measureRestart(devices);
  const aim = (value: number): string => `${value} for 1,000,000`;
  const rows = [
    ['from the start of the process to ready, s', figures.readySeconds.toFixed(2), aim(READY_SECONDS_AIM)],
    ['processor seconds until then', figures.processorSeconds.toFixed(2), ''],
    ['anonymous memory after a pause, GB', gigabytes(figures.anonymousBytes), aim(GIGABYTES_AIM)],
  ];
  console.log(`${table([`restart with ${count(devices)} devices`, 'seen', 'aim'], rows)}\n`);
  printFinds([figures]);
  return [
    { name: 'from the start of the process to ready', value: figures.readySeconds, unit: 's' },
    { name: 'processor time of server until ready', value: figures.processorSeconds, unit: 's' },
    ...figures.finds.flatMap(({ question, previewMs, pageMs }) => [
      { name: `preview of ${question}`, value: previewMs, unit: 'ms' },
      { name: `first page of ${question}`, value: pageMs, unit: 'ms' },
    ]),
  ];
}
