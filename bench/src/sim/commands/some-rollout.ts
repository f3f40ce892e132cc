import type { JsonObject } from '@muster/twin';
import type { Chance } from '../kernel/chance.js';

/** Few devices and short waits, so that a run covers a rollout from its beginning to an end. */
export function someRollout(chance: Chance): JsonObject {
  const percents = [5, 34, 50, 80].filter(() => chance.is(0.35));
  const phases = [...percents, 100].map((percent) => ({
    percent,
    wait: chance.pick(['0s', '0s', '20s', '1m', '10m']),
  }));
  const rollout: JsonObject = {
    phases,
    ...(chance.is(0.5) ? { retries: chance.below(4) } : {}),
    ...(chance.is(0.4) ? { timeout: chance.pick(['10s', '1m', '10m']) } : {}),
    ...(chance.is(0.55) ? { abort: { failedPercent: chance.pick([0, 30, 60]), minimum: 1 + chance.below(3) } } : {}),
    ...(chance.is(0.3) ? { onAbort: 'rollback' } : {}),
    ...(chance.is(0.25) ? { onFailure: 'keep' } : {}),
    ...(chance.is(0.2) ? { ratePerMinute: chance.pick([1, 2, 60]) } : {}),
  };
  return chance.is(0.12) ? { ...rollout, ...someSchedule(chance) } : rollout;
}

/** By the clock of the server, which starts at midnight of 1 January 2030 and may be set. */
function someSchedule(chance: Chance): JsonObject {
  if (chance.is(0.3)) return { startAt: `2030-01-01T${chance.pick(['00:10', '01:30'])}:00Z` };
  const [from, to] = chance.pick([
    ['00:00', '12:00'],
    ['22:00', '14:00'],
    ['01:00', '24:00'],
  ] as const);
  return { window: { from, to, timezone: chance.pick(['UTC', 'Europe/Prague', 'device.tags.zone']) } };
}
