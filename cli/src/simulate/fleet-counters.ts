import { assertNever } from '@muster/twin';

/** What happened to one device of the fleet. */
export type FleetEvent = 'connected' | 'dropped' | 'received' | 'applied' | 'failed' | 'reported' | 'problem';

/** What happened to the fleet so far. */
export interface Tally {
  readonly applied: number;
  readonly failed: number;
  /** Desired documents received, acknowledgements and reports that were accepted. */
  readonly messages: number;
  readonly connections: number;
  readonly drops: number;
  readonly problems: number;
}

export const EMPTY_TALLY: Tally = { applied: 0, failed: 0, messages: 0, connections: 0, drops: 0, problems: 0 };

export function counted(tally: Tally, event: FleetEvent): Tally {
  switch (event) {
    case 'connected':
      return { ...tally, connections: tally.connections + 1 };
    case 'dropped':
      return { ...tally, drops: tally.drops + 1 };
    case 'received':
    case 'reported':
      return { ...tally, messages: tally.messages + 1 };
    case 'applied':
      return { ...tally, applied: tally.applied + 1, messages: tally.messages + 1 };
    case 'failed':
      return { ...tally, failed: tally.failed + 1, messages: tally.messages + 1 };
    case 'problem':
      return { ...tally, problems: tally.problems + 1 };
    default:
      return assertNever(event);
  }
}

/** How the fleet stands at one moment. */
export interface Standing {
  readonly devices: number;
  readonly connected: number;
  readonly inSync: number;
}

export interface Sample {
  readonly atMs: number;
  readonly messages: number;
}

const WINDOW_MS = 5_000;

/** The samples that a rate of the moment is made of, the newest last. */
export function sampled(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const recent = samples.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS);
  return [...recent, now];
}

export function ratePerSecond(samples: readonly Sample[]): number {
  const [oldest, newest] = [samples[0], samples.at(-1)];
  if (oldest === undefined || newest === undefined || newest.atMs <= oldest.atMs) return 0;
  return ((newest.messages - oldest.messages) * 1_000) / (newest.atMs - oldest.atMs);
}

export function tallyLine({ devices, connected, inSync }: Standing, tally: Tally, perSecond: number): string {
  return (
    `${devices} devices: ${connected} connected, ${inSync} in sync, ${tally.applied} applied, ` +
    `${tally.failed} failed, ${tally.messages} messages, ${Math.round(perSecond)}/s`
  );
}
