import type { Resolution } from '../device/resolution.js';
import { RECONCILER } from '../record/actor.js';
import type { DeviceRecord } from '../record/device-record.js';
import type { Registry } from '../registry.js';

/** Calls `registry.devices.setDesired` and waits until it is on disk; returns whether anything changed. */
export async function setDesired(
  registry: Registry,
  id: string,
  resolve: (record: DeviceRecord) => Resolution,
): Promise<boolean> {
  const { result, durable } = await registry.devices.setDesired(RECONCILER, id, (record) => ({
    resolution: resolve(record),
    effect: undefined,
  }));
  await durable;
  return result.isChanged;
}
