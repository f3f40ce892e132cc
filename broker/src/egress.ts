import { type Change, followChanges, type Registry } from '@muster/registry';
import { assertNever, type Cancel, type Log, type TwinEventKind, twinEventTopic } from '@muster/twin';

interface EgressParts {
  readonly registry: Registry;
  readonly log: Log;
  /** The desired document of a device may have changed. */
  readonly wake: (device: string) => void;
  /** What operators write of a device has changed: it may be gone, or no longer allowed. */
  readonly recheck: (device: string) => void;
  /** Whether any service may be listening to events. */
  readonly hasListeners: () => boolean;
  readonly publish: (topic: string, message: object) => void;
}

/** Follows the change log from now on: wakes the sessions of devices, tells services. */
export async function startEgress(parts: EgressParts): Promise<Cancel> {
  const { registry, log } = parts;
  const { head } = await registry.changes(Number.MAX_SAFE_INTEGER, 0);
  return followChanges(
    registry,
    head,
    (changes) => {
      for (const change of changes) tell(parts, change);
    },
    {
      missed: (oldest) => log('warn', 'events were trimmed before they were told', { oldest }),
      failed: (error) => log('error', 'the broker could not follow the changes', { error }),
    },
  );
}

function tell(parts: EgressParts, change: Change): void {
  switch (change.kind) {
    case 'desired':
      parts.wake(change.device);
      event(parts, change.device, 'desired', change.data);
      break;
    case 'reported':
    case 'acknowledged':
    case 'presence':
      event(parts, change.device, change.kind, change.data);
      break;
    case 'device':
      parts.recheck(change.device);
      break;
    case 'configuration':
      break;
    default:
      assertNever(change);
  }
}

function event(parts: EgressParts, device: string, kind: TwinEventKind, data: object): void {
  if (parts.hasListeners()) parts.publish(twinEventTopic(device, kind), data);
}
