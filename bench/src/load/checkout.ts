import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Packages {
  readonly server: typeof import('@muster/server');
  readonly conditions: typeof import('@muster/conditions');
}

/** The environment variable that names the checkout to measure. Unset: this one. */
export const CHECKOUT_VARIABLE = 'BENCH_CHECKOUT';

/** Imports a package of the measured checkout, as it is built there. */
export async function importPackage<Name extends keyof Packages>(name: Name): Promise<Packages[Name]> {
  const folder = process.env[CHECKOUT_VARIABLE];
  return import(folder === undefined ? `@muster/${name}` : pathToFileURL(entryOf(folder, name)).href);
}

export function isBuilt(folder: string): boolean {
  return existsSync(entryOf(folder, 'server'));
}

function entryOf(folder: string, name: keyof Packages): string {
  return join(folder, name, 'dist/index.js');
}
