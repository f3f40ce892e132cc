import { assertNever } from '@muster/twin';
import type { Observation } from './observation.js';

/** Describes an observation in one line. */
export function describeObservation(event: Observation): string {
  switch (event.kind) {
    case 'committed': {
      const told = event.changes.map(({ kind, sequence }) => `${kind}#${sequence}`).join(' ');
      return `on disk: ${event.entryKind} ${event.id} ${numbersOf(event.after)} ${told}`;
    }
    case 'connected':
    case 'subscribed':
    case 'disconnected':
      return `${event.kind}: ${event.connection.id}`;
    case 'published':
    case 'confirmed':
      return `${event.kind}: ${event.connection.id} ${event.topic} ${JSON.stringify(event.message)}`;
    case 'sent':
      return `sent: ${event.connection.id} ${event.topic} ${event.text}`;
    case 'operated':
      return `operator: ${event.verb} ${event.id} ${event.outcome} ${event.revision ?? event.reason}`;
    case 'handed':
      return `device ${event.device} has ${JSON.stringify(event.document)}`;
    case 'logged':
      return `log: ${event.level} ${event.message}${event.error ? `: ${String(event.error)}` : ''}`;
    case 'crashed':
      return 'the server crashed';
    default:
      return assertNever(event);
  }
}

function numbersOf(entry: unknown): string {
  const { revision, generation, desiredVersion, reportedVersion, deleted } = (entry ?? {}) as Record<string, unknown>;
  const numbers = { revision, generation, desired: desiredVersion, reported: reportedVersion, deleted };
  return Object.entries(numbers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
