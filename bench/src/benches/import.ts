import { writeFileSync } from 'node:fs';
import { discardFleet, fleetFolder, markOf, registrations } from '../load/big-fleet.js';
import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { rawImport } from '../load/raw-import.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { anonymousBytes, processorSeconds } from '../measure/process-figures.js';
import { count, gigabytes, table } from '../measure/table.js';

const DEVICES = 1_000_000;
const PAUSE_MS = 5_000;
const SECONDS_AIM = 120;
const GIGABYTES_AIM = 2;
const SDK_DEVICES_MAX = 50_000;

/** Registers a fleet by one import, and leaves it on disk for the benches that need one. */
export async function importFleet({ size: devices = DEVICES, isCompared }: BenchOptions): Promise<readonly Figure[]> {
  if (!isCompared) await compareClients(Math.min(devices, SDK_DEVICES_MAX));
  discardFleet(devices);
  const server = await MusterProcess.start({ dataDir: fleetFolder(devices) });
  await server.loopHeld();
  const run = await timed(server, () => rawImport(server, registrations(devices)));
  const held = await server.loopHeld();
  await pause(PAUSE_MS);
  const idle = anonymousBytes(server.pid);
  await server.memoryBytes();
  const collected = anonymousBytes(server.pid);
  await server.stop();
  writeFileSync(markOf(devices), '');
  const rows = [
    ['seconds', run.seconds.toFixed(1), `${SECONDS_AIM} for 1,000,000`],
    ['devices a second', count(devices / run.seconds), ''],
    ['processor seconds of the server', run.serverSeconds.toFixed(1), ''],
    ['processor seconds of the client', run.clientSeconds.toFixed(1), ''],
    ['anonymous memory after a pause, GB', gigabytes(idle), `${GIGABYTES_AIM} for 1,000,000`],
    ['after a garbage collection, GB', gigabytes(collected), ''],
    ['event loop held, p99, ms', held.p99Ms.toFixed(1), ''],
    ['event loop held, most, ms', held.maxMs.toFixed(1), ''],
  ];
  console.log(table([`import of ${count(devices)} devices, plain stream`, 'seen', 'aim'], rows));
  const all = run.serverSeconds + run.clientSeconds;
  return [
    { name: 'imported devices', value: devices / run.seconds, unit: '1/s', isRate: true },
    { name: 'a device, processor time of server and load', value: (all * 1e6) / devices, unit: 'µs' },
    { name: 'a device, processor time of server', value: (run.serverSeconds * 1e6) / devices, unit: 'µs' },
  ];
}

/** Compares the SDK with the plain stream, to show the client's share of the time. */
async function compareClients(devices: number): Promise<void> {
  const plain = await onNewServer((server) => rawImport(server, registrations(devices)));
  const sdk = await onNewServer((server) => importBySdk(server, devices));
  const rows = [
    ['plain stream', plain],
    ['client SDK', sdk],
  ] as const;
  const header = [
    `import of ${count(devices)} devices`,
    'devices a second',
    'server, processor s',
    'client, processor s',
  ];
  const line = (name: string, run: Run): string[] => [
    ...[name, count(devices / run.seconds), run.serverSeconds.toFixed(1), run.clientSeconds.toFixed(1)],
  ];
  console.log(
    `${table(
      header,
      rows.map(([name, run]) => line(name, run)),
    )}\n`,
  );
}

async function onNewServer(work: (server: MusterProcess) => Promise<void>): Promise<Run> {
  const server = await MusterProcess.start();
  const run = await timed(server, () => work(server));
  await server.stop();
  return run;
}

async function importBySdk(server: MusterProcess, devices: number): Promise<void> {
  let registered = 0;
  for await (const { status } of server.client.devices.import(registrations(devices))) {
    if (status === 201) registered += 1;
  }
  if (registered !== devices) throw new Error(`${registered} of ${devices} were registered`);
}

interface Run {
  readonly seconds: number;
  readonly serverSeconds: number;
  readonly clientSeconds: number;
}

async function timed(server: MusterProcess, work: () => Promise<void>): Promise<Run> {
  const [startedAt, ours, theirs] = [performance.now(), processorSeconds(process.pid), processorSeconds(server.pid)];
  await work();
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    serverSeconds: processorSeconds(server.pid) - theirs,
    clientSeconds: processorSeconds(process.pid) - ours,
  };
}
