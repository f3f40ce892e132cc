import { writeFileSync } from 'node:fs';
import { discardFleet, fleetFolder, isImported, markOf, registrations } from './big-fleet.js';
import { MusterProcess } from './muster-process.js';
import { rawImport } from './raw-import.js';

/** Returns the folder of the fleet, and imports the fleet if it is missing. */
export async function ensureFleet(devices: number): Promise<string> {
  if (isImported(devices)) return fleetFolder(devices);
  discardFleet(devices);
  const server = await MusterProcess.start({ dataDir: fleetFolder(devices) });
  await rawImport(server, registrations(devices));
  await server.stop();
  writeFileSync(markOf(devices), '');
  return fleetFolder(devices);
}
