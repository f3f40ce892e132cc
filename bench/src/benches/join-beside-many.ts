import { ConditionWorkload } from '../load/condition-workload.js';
import { inParallel } from '../load/in-parallel.js';
import { type JoinTimes, joinOnce } from '../load/join-once.js';
import { MusterProcess } from '../load/muster-process.js';
import { seededRandom } from '../load/seeded-random.js';
import type { Figure } from '../measure/figure.js';
import { count, percentile, table } from '../measure/table.js';

const FEW = 10;
const MANY = 10_000;
const JOINS = 1_000;
const WARM_UP_JOINS = 200;
const PUTS_AT_ONCE = 32;
const RATIO_AIM = 1.25;
const SEED = 77;

/** Has a value at every path that the stored conditions read, so that none is skipped for a missing value. */
const REGISTRATION = {
  tags: { site: 'join', region: 'eu', ring: 'dev', customer: 'join', product: 'join', note: 'alpha bravo' },
};

/**
 * Measures what many stored configurations that do not match cost a device that joins. Joins alternate between two
 * servers, one with few such configurations and one with many.
 */
export async function joinBesideMany(): Promise<readonly Figure[]> {
  const sides = await Promise.all([FEW, MANY].map(async (stored) => ({ stored, server: await prepare(stored) })));
  const times = sides.map(({ stored, server }) => ({ stored, server, joins: [] as JoinTimes[] }));
  for (let n = -WARM_UP_JOINS; n < JOINS; n += 1) {
    for (const { server, joins } of n % 2 === 0 ? times : [...times].reverse()) {
      const join = await joinOnce(server, `join-${n + WARM_UP_JOINS}`, REGISTRATION);
      if (n >= 0) joins.push(join);
    }
  }
  print(times);
  const figures = times.map(({ stored, joins }) => ({
    name: `a join beside ${stored} configurations that do not match, p95`,
    value: percentile(
      joins.map(({ total }) => total),
      0.95,
    ),
    unit: 'ms',
  }));
  await Promise.all(sides.map(({ server }) => server.stop()));
  return figures;
}

async function prepare(stored: number): Promise<MusterProcess> {
  const server = await MusterProcess.start();
  const { configurations } = server.client;
  await configurations.put('welcome', {
    targetCondition: "STARTS_WITH(device.name, 'join-')",
    desiredProperties: { welcome: true },
  });
  const workload = new ConditionWorkload(seededRandom(SEED));
  const conditions = Array.from({ length: stored }, () => workload.condition('mix'));
  await inParallel(conditions, PUTS_AT_ONCE, async (targetCondition, n) => {
    await configurations.put(`other-${n}`, { targetCondition, desiredProperties: { [`p${n}`]: n }, priority: n % 10 });
  });
  return server;
}

function print(times: readonly { readonly stored: number; readonly joins: readonly JoinTimes[] }[]): void {
  const spread = (values: readonly number[]) => [0.5, 0.95, 0.99].map((p) => percentile(values, p));
  const rows = times.map(({ stored, joins }) => [
    count(stored),
    ...spread(joins.map(({ total }) => total)).map((value) => value.toFixed(1)),
    ...spread(joins.map(({ connected }) => connected)).map((value) => value.toFixed(1)),
  ]);
  const [few = Number.NaN, many = Number.NaN] = times.map(({ joins }) =>
    percentile(
      joins.map(({ total }) => total),
      0.95,
    ),
  );
  console.log(`${count(JOINS)} joins at each of two servers, in turns; milliseconds to the desired state`);
  console.log(table(['stored, none matching', 'PUT p50', 'p95', 'p99', 'connect p50', 'p95', 'p99'], rows));
  console.log(`ratio of p95: ${(many / few).toFixed(2)} (aim <= ${RATIO_AIM})`);
}
