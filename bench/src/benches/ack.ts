import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { RawClient } from '../load/raw-client.js';
import { startBareAedes, startMosquitto } from '../load/reference-brokers.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { count, table } from '../measure/table.js';

const CONNECTIONS = 50;
const WINDOW = 20;
const ROUND_MS = 5_000;
const WARM_UP_MS = 1_500;
const ROUNDS = 3;

interface Contender {
  readonly name: string;
  /** Returns the rate; `onFigures` gets the processor time per report, where it is measured. */
  measure(onFigures?: (figures: readonly Figure[]) => void): Promise<number>;
  stop(): Promise<void>;
}

/** Acknowledged QoS 1 publishes per second: 50 connections, each with 20 in flight, every report changing something. */
export async function ack({ isCompared }: BenchOptions): Promise<readonly Figure[]> {
  const ours = await muster();
  if (isCompared) return measureAlone(ours);
  const contenders = [await mosquitto(), await bareAedes(), ours].filter((one) => one !== undefined);
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, measure } of contenders) rates.get(name)?.push(await measure());
  }
  for (const { stop } of contenders) await stop();
  print(rates);
  return [];
}

async function measureAlone({ measure, stop }: Contender): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const rate = await measure((one) => figures.push(...one));
  await stop();
  return [{ name: 'acknowledged reports', value: rate, unit: '1/s', isRate: true }, ...figures];
}

function print(rates: ReadonlyMap<string, readonly number[]>): void {
  const best = [...rates].map(([name, values]) => ({ name, rate: Math.max(...values), values }));
  const yardstick = best[0]?.rate ?? Number.NaN;
  const rows = best.map(({ name, rate, values }) => [
    name,
    count(rate),
    (rate / yardstick).toFixed(2),
    values.map(count).join(' / '),
  ]);
  console.log(table(['acknowledged QoS 1 publishes', 'per second', `ratio to ${best[0]?.name}`, 'rounds'], rows));
}

async function mosquitto(): Promise<Contender | undefined> {
  const broker = await startMosquitto();
  return broker && { name: broker.name, measure: () => measurePlain(broker.port), stop: () => broker.stop() };
}

async function bareAedes(): Promise<Contender> {
  const broker = await startBareAedes();
  return { name: broker.name, measure: () => measurePlain(broker.port), stop: () => broker.stop() };
}

async function muster(): Promise<Contender> {
  const server = await MusterProcess.start();
  const ids = Array.from({ length: CONNECTIONS }, (_, n) => `ack-${n}`);
  const secrets = await server.register(ids);
  const logins = ids.map((id, n) => ({ clientId: id, username: id, password: secrets[n] ?? '' }));
  const measure: Contender['measure'] = (onFigures) => {
    const watch = () => new ProcessorWatch(server.pid);
    return run(server.mqttPort, logins, () => '$twin/reported', onFigures && { watch, onFigures });
  };
  return { name: 'muster (on disk before every PUBACK)', measure, stop: () => server.stop() };
}

function measurePlain(port: number): Promise<number> {
  const logins = Array.from({ length: CONNECTIONS }, (_, n) => ({ clientId: `ack-${n}` }));
  return run(port, logins, (n) => `bench/${n}`);
}

interface Login {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
}

interface Measuring {
  watch(): ProcessorWatch;
  onFigures(figures: readonly Figure[]): void;
}

async function run(
  port: number,
  logins: readonly Login[],
  topicOf: (n: number) => string,
  measuring?: Measuring,
): Promise<number> {
  let acknowledged = 0;
  let serial = Date.now();
  let isOver = false;
  const clients: RawClient[] = [];
  const starts: (() => void)[] = [];
  for (const [n, login] of logins.entries()) {
    const topic = topicOf(n);
    const publish = (amount: number): void => {
      const reports = Array.from({ length: amount }, () => `{"reported":{"n":${serial++}}}`);
      clients[n]?.publish(topic, reports);
    };
    const onAcknowledged = (amount: number): void => {
      acknowledged += amount;
      if (!isOver) publish(amount);
    };
    clients.push(await RawClient.connect({ port, ...login, onAcknowledged }));
    starts.push(() => publish(WINDOW));
  }
  for (const start of starts) start();
  await pause(WARM_UP_MS);
  const [before, startedAt, watch] = [acknowledged, performance.now(), measuring?.watch()];
  await pause(ROUND_MS);
  if (watch) measuring?.onFigures(watch.figures('a report', acknowledged - before));
  const rate = ((acknowledged - before) / (performance.now() - startedAt)) * 1_000;
  isOver = true;
  await pause(300);
  for (const client of clients) client.end();
  return rate;
}
