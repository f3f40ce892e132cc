import type { ConfigurationInput, ConfigurationView } from '@muster/api';
import type { Client } from '@muster/client';
import { canonicalEqual, type JsonObject, TwinError } from '@muster/twin';
import { completeInput, inputOf } from './configuration-file.js';

export type ConfigurationChange = 'created' | 'changed' | 'unchanged';

/** Resolves with the stored configuration; undefined if there is none. */
export async function storedConfiguration(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<ConfigurationView | undefined> {
  try {
    return await client.configurations.get(id, { signal });
  } catch (error) {
    if (error instanceof TwinError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Returns the change that storing the input makes to the stored configuration. */
export function changeOf(stored: ConfigurationView | undefined, input: ConfigurationInput): ConfigurationChange {
  if (stored === undefined) return 'created';
  return isEqual(inputOf(stored), input) ? 'unchanged' : 'changed';
}

function isEqual(left: ConfigurationInput, right: ConfigurationInput): boolean {
  return canonicalEqual(completeInput(left) as unknown as JsonObject, completeInput(right) as unknown as JsonObject);
}
