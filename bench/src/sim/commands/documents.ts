import type { Json, JsonObject } from '@muster/twin';
import type { Chance } from '../kernel/chance.js';

const LEAVES: readonly Json[] = [1, 2, 'x', true, null, [1], {}];

/** Few names and few values, so that layers collide. */
export function someDocument(chance: Chance): JsonObject {
  const names = ['s', 'n', 'm'].filter(() => chance.is(0.55));
  return Object.fromEntries(names.map((name) => [name, chance.is(0.4) ? inner(chance) : chance.pick(LEAVES)]));
}

function inner(chance: Chance): JsonObject {
  const names = ['p', 'q'].filter(() => chance.is(0.6));
  return Object.fromEntries(names.map((name) => [name, chance.pick(LEAVES)]));
}

export function someTags(chance: Chance): JsonObject {
  return chance.is(0.2) ? {} : { region: chance.pick<Json>(['eu', 'us', 7]) };
}

const CONDITIONS = [
  "STARTS_WITH(device.name, 'a-')",
  "device.tags.region = 'eu'",
  "NOT device.tags.region = 'eu'",
  'device.reported.battery < 20',
  "device.tags.region != 'us' OR device.reported.battery >= 20",
  "device.id IN ['a-1', 'b-2', 'c']",
  "device.tags.region IN ['eu', 'us'] AND device.reported.mode = 'on'",
  "device.name = 'renamed'",
  "NOT device.reported.mode = 'on'",
];

export function someCondition(chance: Chance): string {
  return chance.is(0.25) ? '*' : chance.pick(CONDITIONS);
}
