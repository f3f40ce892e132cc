import type { Broker } from '@muster/broker';
import type { Reconciler } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import type { Clock, Log } from '@muster/twin';
import type { Health } from '../../health.js';
import type { BoundedWrites } from '../../policy/bounded-writes.js';
import type { IsToken } from './authorize.js';

/** What the API asks of the reconciler. */
type ReconcilerPart = Pick<
  Reconciler,
  | 'counters'
  | 'explain'
  | 'find'
  | 'generationOf'
  | 'plan'
  | 'preview'
  | 'previewOver'
  | 'previewRecord'
  | 'rolloutStatus'
  | 'status'
>;

/** What the API asks of the broker. */
type BrokerPart = Pick<Broker, 'connectedCount' | 'counters'>;

export interface AppParts {
  readonly registry: Registry;
  readonly boundedWrites: BoundedWrites;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly isToken: IsToken;
  /** These come after the listener: until then the API is unavailable, and only health and metrics answer. */
  readonly running: { reconciler?: ReconcilerPart; broker?: BrokerPart };
}
