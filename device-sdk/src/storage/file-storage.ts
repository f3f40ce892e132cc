import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, type Json } from '@muster/twin';
import type { DeviceState, DeviceStorage } from './storage.js';

/**
 * Keeps the state in one file, which must have one process and an existing folder. Each save writes and syncs a new
 * file, renames it over the old one and syncs the folder: a power loss leaves the old state or the new one.
 */
export class FileStorage implements DeviceStorage {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Renames a file that holds no valid state to `<path>.corrupt`, so that the device can start. */
  async load(): Promise<DeviceState | undefined> {
    const text = await readIfPresent(this.#path);
    if (text === undefined) return undefined;
    const state = parseState(text);
    if (state === undefined) await rename(this.#path, `${this.#path}.corrupt`);
    return state;
  }

  async save(state: DeviceState): Promise<void> {
    const temporary = `${this.#path}.new`;
    await writeSynced(temporary, JSON.stringify(state));
    await rename(temporary, this.#path);
    await syncFolder(dirname(this.#path));
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable once the folder is synced. Windows cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parseState(text: string): DeviceState | undefined {
  try {
    const state = JSON.parse(text) as Json;
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(state: Json): state is Json & DeviceState {
  return (
    isObject(state) &&
    typeof state.device === 'string' &&
    isHeld(state.held) &&
    isHeld(state.handled) &&
    (state.handling === undefined || isHeld(state.handling)) &&
    (state.interrupted === undefined || (Array.isArray(state.interrupted) && state.interrupted.every(isObject))) &&
    Array.isArray(state.reports) &&
    state.reports.every(isObject) &&
    (state.outcome === undefined || (isObject(state.outcome) && isObject(state.outcome.acknowledgement)))
  );
}

function isHeld(held: Json | undefined): boolean {
  return isObject(held) && Number.isSafeInteger(held.version) && isObject(held.document);
}
