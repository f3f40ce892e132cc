import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportLine } from '@muster/client';
import type { Subject } from '@muster/conditions';

const REGIONS = ['eu', 'us', 'ap', 'sa', 'af'];
const RINGS = ['dev', 'canary', 'beta', 'prod'];
const SITES = 10_000;
const SERIAL_DIGITS = 7;
const PREFIX_DIGITS = 4;
const SITES_ASKED_FOR = 10;
/** Coprime to the number of sites, so that the devices of a site are not adjacent. */
const SITE_STRIDE = 7_919;

/** Folder of a fleet that several benches share: `import` makes it from scratch, the others reuse it. */
export function fleetFolder(devices: number): string {
  return join(process.env.BENCH_DATA_DIR ?? tmpdir(), `muster-bench-fleet-${devices}`);
}

/** Whether the fleet is complete: its mark is written last. */
export function isImported(devices: number): boolean {
  return existsSync(markOf(devices));
}

export function markOf(devices: number): string {
  return join(fleetFolder(devices), 'imported');
}

export function discardFleet(devices: number): void {
  rmSync(fleetFolder(devices), { recursive: true, force: true });
}

export function deviceId(n: number): string {
  return `model-v3.1-${String(n).padStart(SERIAL_DIGITS, '0')}`;
}

export function registrationOf(n: number): ImportLine {
  const tags = {
    region: REGIONS[n % REGIONS.length] ?? '',
    site: siteOf(n),
    ring: RINGS[Math.floor(n / REGIONS.length) % RINGS.length] ?? '',
  };
  return { id: deviceId(n), tags };
}

/** The device as conditions see it. */
export function subjectOf(n: number): Subject {
  const { id, tags = {} } = registrationOf(n);
  return { id, name: id, tags, reported: {} };
}

/** Makes registrations lazily. */
export function* registrations(devices: number): Generator<ImportLine> {
  for (let n = 0; n < devices; n += 1) yield registrationOf(n);
}

/** Returns a prefix of the names of 1,000 devices in the middle of the fleet. */
export function prefixOfThousand(devices: number): string {
  return deviceId(Math.floor(devices / 2)).slice(0, PREFIX_DIGITS - SERIAL_DIGITS);
}

/** Returns ten of the 10,000 sites; each is the site of a device in the middle of the fleet. */
export function askedSites(devices: number): string[] {
  return Array.from({ length: SITES_ASKED_FOR }, (_, n) => siteOf(Math.floor(devices / 2) + n));
}

function siteOf(n: number): string {
  return `site-${(n * SITE_STRIDE) % SITES}`;
}
