import { type DeviceRecord, isLive } from '@muster/registry';
import { canonicalEqual } from '@muster/twin';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'L1 once faults stop, every device converges to its expected state';

export function convergence(): Checker {
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'handed' || canonicalEqual(event.actual, event.document)) return;
      world.fail(NAME, `${event.device} was brought to ${JSON.stringify(event.actual)}`);
    },
    atEnd: (world) => {
      for (const id of world.devices.keys()) {
        const record = world.disk.read('device', id);
        const problem = isLive(record) && record.enabled ? problemOf(world, record) : undefined;
        if (problem) world.fail(NAME, `${id} ${problem}`);
      }
    },
  };
}

/** Returns the differences between the state of an enabled device and its expected state. */
function problemOf(world: World, record: DeviceRecord): string | undefined {
  const device = world.devices.get(record.id);
  const isConnected = world.server?.edge.connections.get(record.id)?.isOpen === true;
  if (!device || !isConnected) return 'is not connected';
  if (!record.connected) return 'is connected, and stored as if it were not';
  if (device.held.version !== record.desiredVersion) {
    return `holds version ${device.held.version} instead of ${record.desiredVersion}`;
  }
  if (!canonicalEqual(device.held.document, record.desired)) return `holds ${JSON.stringify(device.held.document)}`;
  if (!canonicalEqual(device.actual, record.desired)) return `does ${JSON.stringify(device.actual)}`;
  const acknowledged = record.acknowledged?.version ?? record.bornVersion;
  if (record.desiredVersion > record.bornVersion && acknowledged !== record.desiredVersion) {
    return `acknowledged ${acknowledged} instead of ${record.desiredVersion}`;
  }
  return device.openReports > 0 ? `waits for the answer to ${device.openReports} reports` : undefined;
}
