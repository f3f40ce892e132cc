import { type JoinTimes, joinOnce } from '../load/join-once.js';
import { MusterProcess } from '../load/muster-process.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { percentile, table } from '../measure/table.js';
import { joinBesideMany } from './join-beside-many.js';

const JOINS = 500;
const STORED = [0, 100];

/**
 * Times a join from the registration of a device to its desired state: PUT, connect, subscribe, receive. First on one
 * server without and with 100 stored configurations, one join at a time; then beside 10 and 10,000 on two servers.
 */
export async function join(_: BenchOptions): Promise<readonly Figure[]> {
  const server = await MusterProcess.start();
  await server.client.configurations.put('welcome', {
    targetCondition: "STARTS_WITH(device.name, 'join-')",
    desiredProperties: { welcome: true },
  });
  await joins(server, 'warm-up', 100);
  const rows: string[][] = [];
  const figures: Figure[] = [];
  for (const stored of STORED) {
    await store(server, stored);
    const watch = new ProcessorWatch(server.pid);
    const times = await joins(server, `with-${stored}`, JOINS);
    const name = `a join beside ${stored} configurations`;
    const [total, connected] = [times.map((one) => one.total), times.map((one) => one.connected)];
    figures.push(
      { name: `${name}, p50`, value: percentile(total, 0.5), unit: 'ms' },
      { name: `${name}, p95`, value: percentile(total, 0.95), unit: 'ms' },
      ...watch.figures(name, JOINS),
    );
    const spread = (values: readonly number[], shares: readonly number[]) =>
      shares.map((share) => percentile(values, share).toFixed(1));
    rows.push([String(stored), ...spread(total, [0.5, 0.95, 0.99]), ...spread(connected, [0.5, 0.99])]);
  }
  console.log(`${JOINS} joins each; milliseconds from the PUT, and from opening the connection, to the desired state`);
  console.log(table(['configurations stored beside', 'PUT p50', 'p95', 'p99', 'connect p50', 'p99'], rows));
  await server.stop();
  return [...figures, ...(await joinBesideMany())];
}

async function store(server: MusterProcess, amount: number): Promise<void> {
  for (let n = 0; n < amount; n += 1) {
    await server.client.configurations.put(`other-${n}`, {
      targetCondition: `STARTS_WITH(device.name, 'other-${n}-') AND device.tags.n > ${n}`,
      desiredProperties: { [`p${n}`]: n },
      priority: n % 10,
    });
  }
}

async function joins(server: MusterProcess, batch: string, amount: number): Promise<JoinTimes[]> {
  const times: JoinTimes[] = [];
  for (let n = 0; n < amount; n += 1) times.push(await joinOnce(server, `join-${batch}-${n}`));
  return times;
}
