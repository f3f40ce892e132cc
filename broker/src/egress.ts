import { type Change, followChanges, type Registry } from '@muster/registry';
import { assertNever, type Cancel, type Clock, type Log, type TwinEventKind, twinEventTopic } from '@muster/twin';

const CHANGES_AT_ONCE_MAX = 100;

interface EgressParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when the desired document of a device may have changed. */
  readonly wake: (device: string) => void;
  /** Called when changes may have been missed: any desired document may have changed. */
  readonly wakeAll: () => void;
  /** Called when an operator changed a device: it may no longer be allowed to stay connected. */
  readonly recheck: (device: string) => void;
  readonly deleted: (device: string) => void;
  /** Whether any service may be listening to events. */
  readonly hasListeners: () => boolean;
  readonly publish: (topic: string, message: object) => void;
}

/**
 * Follows the change log behind the sequence `after`, by default from its head: wakes the sessions of devices and
 * publishes events to services.
 */
export async function startEgress(parts: EgressParts, after?: number): Promise<Cancel> {
  const { registry, clock, log } = parts;
  return followChanges(registry.changeLog, after ?? (await registry.changeLog.head()), {
    clock,
    handle: (changes) => applyAll(parts, changes),
    missed: (oldest) => {
      log('warn', 'the change log was trimmed before all events were published', { oldest });
      parts.wakeAll();
    },
    failed: (error) => log('error', 'reading the change log failed; retrying', { error }),
  });
}

/** Works in slices, so that a configuration for the fleet does not delay reports. */
async function applyAll(parts: EgressParts, changes: readonly Change[]): Promise<void> {
  for (let start = 0; start < changes.length; start += CHANGES_AT_ONCE_MAX) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const change of changes.slice(start, start + CHANGES_AT_ONCE_MAX)) apply(parts, change);
  }
}

function apply(parts: EgressParts, change: Change): void {
  switch (change.kind) {
    case 'desired':
      parts.wake(change.device);
      publishEvent(parts, change.device, 'desired', change.data);
      break;
    case 'reported':
    case 'acknowledged':
    case 'presence':
      publishEvent(parts, change.device, change.kind, change.data);
      break;
    case 'device':
      if (change.data.change === 'deleted') parts.deleted(change.device);
      else parts.recheck(change.device);
      break;
    case 'configuration':
      break;
    default:
      assertNever(change);
  }
}

function publishEvent(parts: EgressParts, device: string, kind: TwinEventKind, data: object): void {
  if (parts.hasListeners()) parts.publish(twinEventTopic(device, kind), data);
}
