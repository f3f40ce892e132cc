import { printPath } from '../../language/print.js';
import type { Lookup } from './lookup.js';

/** How the devices of a condition are found, for people and for machines. */
export interface Plan {
  /** Never below the number of devices of which the condition is TRUE, at the time of planning. */
  readonly estimate: number;
  /** Whether what is found needs no verification. */
  readonly isExact: boolean;
  readonly root: PlanStep;
}

export interface PlanStep {
  /** The part of the condition, after normalization, in its canonical spelling. */
  readonly condition: string;
  readonly way: PlanOperator;
  /** Such as `values of device.tags.region`. */
  readonly uses?: string;
  readonly estimate: number;
  readonly isExact: boolean;
  /** Why it is scanned or to be verified. */
  readonly reason?: string;
  /** Those of an AND in the order in which they are taken. */
  readonly steps?: readonly PlanStep[];
}

/**
 * - `constant`: all devices or none.
 * - `lookup`: an index has the devices, or for what is not exact a few more.
 * - `intersection` and `union`: of the steps below.
 * - `test`: asked of each device that the steps before have found, from memory.
 * - `verify`: left to the caller, of each device that is found.
 * - `scan`: left to the caller, of all devices.
 */
export type PlanOperator = 'constant' | 'lookup' | 'intersection' | 'union' | 'test' | 'verify' | 'scan';

/** What a lookup is looked up in. */
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
