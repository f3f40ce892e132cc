import { type Problem, problemOf } from '@muster/api';
import type { Actor, Registry } from '@muster/registry';
import { decodeUtf8, isTwinError, type JsonObject, parseObject } from '@muster/twin';

/** Applies a merge patch to a device's own layer. Resolves once it is on disk, or with the problem. */
export function handleSetDesired(
  registry: Registry,
  actor: Actor,
  device: string,
  payload: Uint8Array,
): Promise<Problem | undefined> {
  return orProblem(async () => {
    await registry.devices.patch(actor, device, { desired: parseObject(decodeUtf8(payload)) });
  });
}

interface SetConfigurationParts {
  readonly registry: Registry;
  readonly putConfiguration?: (actor: Actor, id: string, body: JsonObject) => Promise<unknown>;
  readonly removeConfiguration?: (actor: Actor, id: string) => Promise<unknown>;
}

/** Stores a configuration; an empty payload deletes it. Resolves once that is on disk, or with the problem. */
export function handleSetConfiguration(
  {
    registry,
    putConfiguration = (...put) => registry.configurations.put(...put),
    removeConfiguration = (...removed) => registry.configurations.remove(...removed),
  }: SetConfigurationParts,
  actor: Actor,
  id: string,
  payload: Uint8Array,
): Promise<Problem | undefined> {
  return orProblem(async () => {
    if (payload.length === 0) await removeConfiguration(actor, id);
    else await putConfiguration(actor, id, parseObject(decodeUtf8(payload)));
  });
}

async function orProblem(work: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isTwinError(error) || error.code === 'unavailable') throw error;
    return problemOf(error);
  }
}
