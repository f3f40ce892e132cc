import type { Clock } from '@muster/twin';
import type { FanOut } from '../aedes/fan-out.js';
import type { EdgeCounters } from '../edge-counters.js';
import type { EdgeHooks } from '../edge-hooks.js';
import type { EdgeLimits } from '../edge-limits.js';
import type { SessionStore } from '../sessions/session-store.js';

export type EdgeLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

/** What every connection of one edge shares. */
export interface EdgeContext {
  readonly hooks: EdgeHooks<unknown>;
  readonly limits: EdgeLimits;
  readonly counters: EdgeCounters;
  readonly clock: Clock;
  readonly log: EdgeLog;
  readonly sessions: SessionStore;
  readonly fanOut: FanOut;
  /** Whether whole packets are read without the parser of Aedes. */
  readonly readsDirectly: boolean;
}
