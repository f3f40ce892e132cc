import { assertNever } from '@muster/twin';

/** An event of one device of the fleet. */
export type FleetEvent = 'connected' | 'dropped' | 'received' | 'applied' | 'failed' | 'reported' | 'problem';

/** Counts of the events of a fleet. */
export interface FleetCounters {
  readonly applied: number;
  readonly failed: number;
  /** Desired documents received, acknowledgements, and accepted reports. */
  readonly messages: number;
  readonly connections: number;
  readonly drops: number;
  readonly problems: number;
}

export const NO_COUNTERS: FleetCounters = { applied: 0, failed: 0, messages: 0, connections: 0, drops: 0, problems: 0 };

export function countEvent(counters: FleetCounters, event: FleetEvent): FleetCounters {
  switch (event) {
    case 'connected':
      return { ...counters, connections: counters.connections + 1 };
    case 'dropped':
      return { ...counters, drops: counters.drops + 1 };
    case 'received':
    case 'reported':
      return { ...counters, messages: counters.messages + 1 };
    case 'applied':
      return { ...counters, applied: counters.applied + 1, messages: counters.messages + 1 };
    case 'failed':
      return { ...counters, failed: counters.failed + 1, messages: counters.messages + 1 };
    case 'problem':
      return { ...counters, problems: counters.problems + 1 };
    default:
      return assertNever(event);
  }
}

/** The state of the fleet at one moment. */
export interface FleetState {
  readonly devices: number;
  readonly connected: number;
  readonly inSync: number;
}

export interface Sample {
  readonly atMs: number;
  readonly messages: number;
}

const WINDOW_MS = 5_000;

/** Adds a sample and drops those older than the window; the newest is the last. */
export function addSample(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const recent = samples.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS);
  return [...recent, now];
}

export function ratePerSecond(samples: readonly Sample[]): number {
  const [oldest, newest] = [samples[0], samples.at(-1)];
  if (oldest === undefined || newest === undefined || newest.atMs <= oldest.atMs) return 0;
  return ((newest.messages - oldest.messages) * 1_000) / (newest.atMs - oldest.atMs);
}

export function fleetLine(
  { devices, connected, inSync }: FleetState,
  counters: FleetCounters,
  perSecond: number,
): string {
  return (
    `${devices} devices: ${connected} connected, ${inSync} in sync, ${counters.applied} applied, ` +
    `${counters.failed} failed, ${counters.messages} messages, ${Math.round(perSecond)}/s`
  );
}
