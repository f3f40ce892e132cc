import { ensureFleet } from '../load/ensure-fleet.js';
import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { type FindFigures, measureFind } from './measure-find.js';
import { anonymousBytes, processorSeconds } from './process-figures.js';

const PAUSE_MS = 5_000;

export interface RestartFigures {
  readonly devices: number;
  readonly readySeconds: number;
  readonly processorSeconds: number;
  readonly anonymousBytes: number;
  readonly finds: readonly FindFigures[];
}

/** Measures a restart on the fleet of that size; imports the fleet if it is missing. */
export async function measureRestart(devices: number): Promise<RestartFigures> {
  const server = await MusterProcess.start({ dataDir: await ensureFleet(devices) });
  const seconds = processorSeconds(server.pid);
  await pause(PAUSE_MS);
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
