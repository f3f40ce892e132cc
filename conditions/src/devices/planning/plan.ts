import { printPath } from '../../language/print.js';
import type { Lookup } from './lookup.js';

/** How the devices of a condition are found. */
export interface Plan {
  /** At least the number of devices of which the condition is TRUE, at the time of planning. */
  readonly estimate: number;
  /** Whether the devices found need no verification. */
  readonly isExact: boolean;
  readonly root: PlanStep;
}

export interface PlanStep {
  /** The part of the normalized condition, in canonical spelling. */
  readonly condition: string;
  readonly way: PlanOperator;
  /** Such as `values of device.tags.region`. */
  readonly uses?: string;
  readonly estimate: number;
  readonly isExact: boolean;
  /** Why the step scans or needs verification. */
  readonly reason?: string;
  /** The steps of an AND, in the order of execution. */
  readonly steps?: readonly PlanStep[];
}

/**
 * - `constant`: all devices or none.
 * - `lookup`: found in an index; if not exact, with a few more devices.
 * - `intersection` and `union`: of the steps below.
 * - `test`: tested in memory for each device that the previous steps found.
 * - `verify`: left to the caller, for each device found.
 * - `scan`: left to the caller, for all devices.
 */
export type PlanOperator = 'constant' | 'lookup' | 'intersection' | 'union' | 'test' | 'verify' | 'scan';

/** Names the index that a lookup uses. */
export function describeLookup(lookup: Lookup): string {
  if (lookup.kind === 'present') return `types at ${lookup.paths.map(printPath).join(' or ')}`;
  const path = printPath(lookup.path);
  switch (lookup.kind) {
    case 'equal':
    case 'unequal':
      return `values of ${path}`;
    case 'range':
    case 'prefix':
      return `order of ${path}`;
    case 'types':
      return `types at ${path}`;
    case 'element':
      return `elements of ${path}`;
    case 'filter':
      return `each value of ${path}`;
  }
}
