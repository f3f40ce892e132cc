import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@muster/twin';
import { ensureFleet } from '../load/ensure-fleet.js';
import { type LoopHeld, MusterProcess, type RolloutTick } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { count, percentile, table } from '../measure/table.js';

const DEVICES = 1_000_000;
const PHASES = [{ percent: 1, wait: '1s' }, { percent: 10, wait: '1s' }, { percent: 100 }];
const RATE_PER_MINUTE = 60_000;
const RATE_WATCHED_MS = 30_000;
const NEVER = '2999-01-01T00:00:00Z';
const SETTLING_MS = 3_000;
const POLL_MS = 100;
const GIVE_UP_SECONDS = 600;

interface Gathered {
  readonly seconds: number;
  readonly bytesPerDevice: number;
  readonly held: LoopHeld;
}

interface Admitted {
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Per admitted device. */
  readonly processor: readonly Figure[];
  readonly devices: number;
  readonly ticks: readonly RolloutTick[];
  readonly held: LoopHeld;
}

/**
 * Rollouts over a whole fleet of offline devices. The first one admits no device at first, to measure the search for
 * matching devices, and then goes from 1 % to 100 %. The second one is limited by a rate.
 */
export async function rollout({ size: devices = DEVICES }: BenchOptions): Promise<readonly Figure[]> {
  const fleet = await ensureFleet(devices);
  const folder = mkdtempSync(join(process.env.BENCH_DATA_DIR ?? tmpdir(), 'muster-bench-rollout-'));
  try {
    cpSync(fleet, folder, { recursive: true });
    const server = await MusterProcess.start({ dataDir: folder });
    await pause(SETTLING_MS);
    const gathered = await gather(server, devices);
    const byPhases = await admitAll(server, devices);
    const byRate = await admitByRate(server);
    await server.stop();
    print(devices, gathered, [
      ['1 % -> 10 % -> 100 %', byPhases],
      [`${count(RATE_PER_MINUTE)} a minute, for ${RATE_WATCHED_MS / 1_000} s`, byRate],
    ]);
    return figuresOf(gathered, byPhases, byRate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(gathered: Gathered, byPhases: Admitted, byRate: Admitted): Figure[] {
  const ofTicks = (name: string, one: Admitted): Figure[] => [
    { name: `${name}, event loop held, p99`, value: one.held.p99Ms, unit: 'ms' },
    ...one.processor.map((figure) => ({ ...figure, name: `${name}, ${figure.name}` })),
  ];
  return [
    { name: 'until all matching devices are known', value: gathered.seconds, unit: 's' },
    { name: 'memory of a waiting device', value: gathered.bytesPerDevice, unit: 'B' },
    { name: 'admitted by phases', value: byPhases.devices / byPhases.seconds, unit: '1/s', isRate: true },
    ...ofTicks('by phases', byPhases),
    ...ofTicks('by rate', byRate),
  ];
}

async function gather(server: MusterProcess, devices: number): Promise<Gathered> {
  const before = await server.memoryBytes();
  await server.loopHeld();
  const startedAt = performance.now();
  await put(server, 'phased', { phases: PHASES, startAt: NEVER });
  await until(server, 'phased', ({ matched }) => matched === devices);
  const seconds = (performance.now() - startedAt) / 1_000;
  const held = await server.loopHeld();
  await pause(SETTLING_MS);
  return { seconds, held, bytesPerDevice: ((await server.memoryBytes()) - before) / devices };
}

/** Measures from the moment the rollout may begin until its last admission is on disk, minus the waits. */
async function admitAll(server: MusterProcess, devices: number): Promise<Admitted> {
  const waitedSeconds = 2;
  const admitted = await watched(server, async () => {
    await put(server, 'phased', { phases: PHASES });
    await until(server, 'phased', ({ admitted, state }) => state === 'complete' && admitted === devices);
  });
  return { ...admitted, seconds: admitted.seconds - waitedSeconds };
}

function admitByRate(server: MusterProcess): Promise<Admitted> {
  return watched(server, async () => {
    await put(server, 'paced', { ratePerMinute: RATE_PER_MINUTE });
    await pause(RATE_WATCHED_MS);
  });
}

async function watched(server: MusterProcess, work: () => Promise<void>): Promise<Admitted> {
  await server.rolloutTicks();
  await server.loopHeld();
  const [startedAt, watch] = [performance.now(), new ProcessorWatch(server.pid)];
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = watch.serverSeconds();
  const ticks = await server.rolloutTicks();
  const devices = ticks.reduce((sum, tick) => sum + tick.devices, 0);
  return {
    seconds,
    processorSeconds: used,
    processor: watch.figures('a device', devices),
    devices,
    ticks,
    held: await server.loopHeld(),
  };
}

async function put(server: MusterProcess, id: string, policy: JsonObject): Promise<void> {
  const desiredProperties = { [id]: 20 };
  await server.client.configurations.put(id, { targetCondition: '*', desiredProperties, rollout: policy });
}

interface Progress {
  readonly matched: number;
  readonly admitted: number;
  readonly state: string | undefined;
}

async function until(server: MusterProcess, id: string, isReached: (progress: Progress) => boolean): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const { matched, admitted, rollout } = await server.client.configurations.status(id);
    if (isReached({ matched, admitted, state: rollout?.state })) return;
    const seconds = (performance.now() - startedAt) / 1_000;
    if (seconds > GIVE_UP_SECONDS) throw new Error(`${id}: ${admitted} of ${matched} after ${GIVE_UP_SECONDS} s`);
    await pause(POLL_MS);
  }
}

function print(devices: number, gathered: Gathered, admitted: readonly (readonly [string, Admitted])[]): void {
  const rows = [
    ['seconds until all who match are known', gathered.seconds.toFixed(2), ''],
    ['memory for each of them, bytes', gathered.bytesPerDevice.toFixed(1), '64'],
    ['event loop held meanwhile, p99, ms', gathered.held.p99Ms.toFixed(1), '50'],
    ['event loop held meanwhile, most, ms', gathered.held.maxMs.toFixed(1), ''],
  ];
  console.log(`${table([`a rollout to ${count(devices)} devices`, 'seen', 'aim'], rows)}\n`);
  const header = ['admitted', 'devices', 'seconds', 'a second', 'processor s', 'µs of a tick for each'];
  const lines = admitted.map(([name, one]) => [
    ...[name, count(one.devices), one.seconds.toFixed(2), count(one.devices / one.seconds)],
    ...[one.processorSeconds.toFixed(1), ((heldMs(one) / one.devices) * 1_000).toFixed(2)],
  ]);
  console.log(`${table(header, lines)}\n`);
  const ms = (values: readonly number[], p: number): string => percentile(values, p).toFixed(2);
  const ticks = admitted.map(([name, { ticks: all, held }]) => {
    const times = all.map((tick) => tick.heldMs);
    const own = [String(all.length), ms(times, 0.5), ms(times, 0.99), ms(times, 1)];
    return [name, ...own, held.p99Ms.toFixed(1), held.maxMs.toFixed(1)];
  });
  const names = ['event loop held, ms', 'ticks', 'p50', 'p99 (aim <= 50)', 'most', 'whole server, p99', 'most'];
  console.log(table(names, ticks));
}

function heldMs({ ticks }: Admitted): number {
  return ticks.reduce((sum, tick) => sum + tick.heldMs, 0);
}
