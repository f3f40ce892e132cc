import { Chance } from '../kernel/chance.js';
import type { SimulationOptions } from '../kernel/options.js';
import type { Command } from './command.js';
import { COMMAND_KINDS } from './command-kinds.js';

/** Returns the commands of the chaos phase of a seed, in order. */
export function scenarioOf(options: SimulationOptions): Command[] {
  const chance = new Chance(options.seed, 'scenario');
  const kinds = COMMAND_KINDS.filter(({ feature }) => feature === undefined || options.features.has(feature));
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: options.steps }, () => {
    let left = chance.random() * total;
    const kind = kinds.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return (kind ?? chance.pick(kinds)).make(chance, options);
  });
}
