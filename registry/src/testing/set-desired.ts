import type { Registry } from '../registry.js';

/** `registry.setDesired`, awaited until it is on disk. */
export async function setDesired(registry: Registry, ...input: Parameters<Registry['setDesired']>): Promise<boolean> {
  const { result, durable } = await registry.setDesired(...input);
  await durable;
  return result;
}
