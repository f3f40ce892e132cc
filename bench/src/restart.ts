import { ensureFleet, gigabytes, pause } from './import.js';
import { measureFind } from './measure-find.js';
import { MusterProcess } from './muster-process.js';
import { printFinds } from './print-restarts.js';
import { anonymousBytes, processorSeconds } from './process-figures.js';
import type { RestartFigures } from './restart-figures.js';
import { count, table } from './table.js';

const DEVICES = 1_000_000;
const PAUSE_MS = 5_000;
const READY_SECONDS_AIM = 30;
const GIGABYTES_AIM = 2;

/** A start on the data of a large fleet, and then the questions that would be a scan without an index. */
export async function restart(devices = DEVICES): Promise<void> {
  const figures = await measureRestart(devices);
  const aim = (value: number): string => `${value} for 1,000,000`;
  const rows = [
    ['from the start of the process to ready, s', figures.readySeconds.toFixed(2), aim(READY_SECONDS_AIM)],
    ['processor seconds until then', figures.processorSeconds.toFixed(2), ''],
    ['anonymous memory after a pause, GB', gigabytes(figures.anonymousBytes), aim(GIGABYTES_AIM)],
  ];
  console.log(`${table([`restart with ${count(devices)} devices`, 'seen', 'aim'], rows)}\n`);
  printFinds([figures]);
}

export async function measureRestart(devices: number, pauseMs = PAUSE_MS): Promise<RestartFigures> {
  const server = await MusterProcess.start({ dataDir: await ensureFleet(devices) });
  const seconds = processorSeconds(server.pid);
  await pause(pauseMs);
  const bytes = anonymousBytes(server.pid);
  const finds = await measureFind(server, devices);
  await server.stop();
  return {
    devices,
    readySeconds: server.readyMs / 1_000,
    processorSeconds: seconds,
    anonymousBytes: bytes,
    finds,
  };
}
