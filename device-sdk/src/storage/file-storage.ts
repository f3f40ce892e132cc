import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, type Json } from '@muster/twin';
import type { DeviceState, DeviceStorage } from './storage.js';

/**
 * One file, replaced atomically: written beside it, synced, renamed over it, and the folder synced, so that a
 * power loss at any moment leaves the old state or the new one. The folder must exist. One process per file.
 */
export class FileStorage implements DeviceStorage {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What cannot be read as a state is moved aside to `<path>.corrupt`: a device must start all the same. */
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

/** The new name of a file is safe only once its folder is (a folder cannot be opened on every system). */
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
