import type { Broker } from '@muster/broker';
import type { Reconciler } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import type { Clock, Log } from '@muster/twin';
import type { Health } from '../../health.js';
import type { BoundedWrites } from '../../policy/bounded-writes.js';
import type { IsToken } from './authorize.js';

/** The part of the reconciler that the API uses. */
type ReconcilerPart = Pick<
  Reconciler,
  'counters' | 'explain' | 'find' | 'generationOf' | 'plan' | 'preview' | 'rolloutStatus' | 'status'
>;

/** The part of the broker that the API uses. */
type BrokerPart = Pick<Broker, 'connectedCount' | 'counters'>;

export interface AppParts {
  readonly registry: Registry;
  readonly boundedWrites: BoundedWrites;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly isToken: IsToken;
  /** Parts that start after the listener. Until they run only health and metrics are available. */
  readonly running: { reconciler?: ReconcilerPart; broker?: BrokerPart };
}
