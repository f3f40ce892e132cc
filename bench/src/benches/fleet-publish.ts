import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deviceId, registrationOf } from '../load/big-fleet.js';
import { ensureFleet } from '../load/ensure-fleet.js';
import { inParallel } from '../load/in-parallel.js';
import { type LoopHeld, MusterProcess } from '../load/muster-process.js';
import { PacedReporter } from '../load/paced-reporter.js';
import { pause } from '../load/pause.js';
import { RawClient } from '../load/raw-client.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { anonymousBytes } from '../measure/process-figures.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { type RawWrite, rawWrite } from '../measure/raw-lmdb.js';
import { count, percentile, table } from '../measure/table.js';

const DEVICES = 1_000_000;
const ROUNDS = 3;
const CONNECTED = 1_000;
const REPORTING = 50;
const AT_ONCE = 25;
const QUIET_MS = 5_000;
const POLL_MS = 200;
const GIVE_UP_SECONDS = 600;
const SECRET = 'bench-device-secret';
const CONFIGURATION = 'everybody';

interface Spent {
  readonly seconds: number;
  readonly processorSeconds: number;
}

interface Published extends Spent {
  readonly lastConnectedSeconds: number;
  readonly quietWaits: readonly number[];
  readonly waits: readonly number[];
  readonly held: LoopHeld;
  readonly anonymousBytes: number;
  /** Per device of the fleet. */
  readonly processor: readonly Figure[];
}

interface Round {
  readonly quiet: Published;
  readonly raw: RawWrite;
  readonly busy: Published;
}

/**
 * Three rounds after a warm-up, each on fresh copies of the fleet:
 * - one configuration for the whole fleet, 1,000 devices of which are connected;
 * - the same records written by LMDB alone;
 * - the configuration again, while 50 other devices report ten times a second each.
 */
export async function fleetPublish({ size: devices = DEVICES, isCompared }: BenchOptions): Promise<readonly Figure[]> {
  const fleet = await ensureFleet(devices);
  const folder = mkdtempSync(join(process.env.BENCH_DATA_DIR ?? tmpdir(), 'muster-bench-publish-'));
  try {
    const first = join(folder, 'first');
    cpSync(fleet, first, { recursive: true });
    await giveSecrets(first, devices);
    const copied = copiesOf(first);
    if (isCompared) return await publishOnce(copied, devices);
    // A virtual machine gets its memory on first touch: the first measurement is the slowest and is discarded.
    await publish(copied('warm-up'), devices, 0);
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS) rounds.push(await playRound(copied, devices));
    printRates(devices, rounds);
    printRecords((rounds[0] as Round).raw);
    printMeanwhile(rounds);
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publishOnce(copied: Copied, devices: number): Promise<readonly Figure[]> {
  const quiet = await publish(copied('published'), devices, 0);
  const busy = await publish(copied('published'), devices, REPORTING);
  return [
    ...figuresOf('a configuration for the fleet', quiet),
    ...figuresOf('the same while others report', busy),
    { name: 'acknowledgement of a report meanwhile, p99', value: percentile(busy.waits, 0.99), unit: 'ms' },
  ];
}

function figuresOf(name: string, one: Published): Figure[] {
  return [
    { name, value: one.seconds, unit: 's' },
    { name: `${name}, the last connected device`, value: one.lastConnectedSeconds, unit: 's' },
    { name: `${name}, event loop held, p99`, value: one.held.p99Ms, unit: 'ms' },
    ...one.processor.map((figure) => ({ ...figure, name: `${name}, ${figure.name}` })),
  ];
}

type Copied = (name: string) => string;

/** Returns a function that makes a fresh copy under a name and replaces the copy of the previous round. */
function copiesOf(source: string): Copied {
  return (name) => {
    const copy = join(dirname(source), name);
    rmSync(copy, { recursive: true, force: true });
    cpSync(source, copy, { recursive: true });
    settleDisk();
    return copy;
  };
}

async function playRound(copied: Copied, devices: number): Promise<Round> {
  const published = copied('published');
  const quiet = await publish(published, devices, 0);
  const raw = await rawWrite(copied('plain'), published);
  return { quiet, raw, busy: await publish(copied('published'), devices, REPORTING) };
}

/** Flushes the copy to disk. Otherwise the first measurement would include writing it. */
function settleDisk(): void {
  execFileSync('sync');
}

async function publish(dataDir: string, devices: number, reporting: number): Promise<Published> {
  const server = await MusterProcess.start({ dataDir });
  const reporters = await connectReporters(server, devices, reporting);
  const connected = await Connected.connect(server, devices);
  await pause(QUIET_MS);
  const quietWaits = reporters.flatMap((reporter) => reporter.takeWaits());
  await server.loopHeld();
  const watch = new ProcessorWatch(server.pid);
  const startedAt = performance.now();
  await server.client.configurations.put(CONFIGURATION, { targetCondition: '*', desiredProperties: { speed: 20 } });
  const seconds = await untilMatched(server, devices, startedAt);
  const waits = reporters.flatMap((reporter) => reporter.takeWaits());
  const figures = {
    ...{ seconds, quietWaits, waits, lastConnectedSeconds: (connected.lastAt - startedAt) / 1_000 },
    processorSeconds: watch.serverSeconds(),
    processor: watch.figures('a device', devices),
    held: await server.loopHeld(),
    anonymousBytes: anonymousBytes(server.pid),
  };
  for (const client of [...reporters.map((one) => ({ end: () => one.stop() })), connected]) client.end();
  await server.stop();
  return figures;
}

/** Gives known secrets to the devices that will connect; they are spread evenly over the fleet. */
async function giveSecrets(dataDir: string, devices: number): Promise<void> {
  const server = await MusterProcess.start({ dataDir });
  await inParallel(chosen(devices), AT_ONCE, async (n) => {
    const { id, ...registration } = registrationOf(n);
    await server.client.devices.register(id, { ...registration, auth: { type: 'secret', secret: SECRET } });
  });
  await server.stop();
}

function chosen(devices: number): number[] {
  const amount = CONNECTED + REPORTING;
  return Array.from({ length: amount }, (_, n) => Math.floor((n * devices) / amount));
}

function login(server: MusterProcess, n: number) {
  const id = deviceId(n);
  return { port: server.mqttPort, clientId: id, username: id, password: SECRET };
}

async function connectReporters(server: MusterProcess, devices: number, amount: number): Promise<PacedReporter[]> {
  const every = Math.floor((CONNECTED + REPORTING) / REPORTING);
  const numbers = chosen(devices).filter((_, n) => n % every === 0);
  return Promise.all(numbers.slice(0, amount).map((n, at) => PacedReporter.start(login(server, n), at * 2)));
}

/** Devices that wait for their desired state, and do nothing but acknowledge its arrival. */
class Connected {
  /** When the last device received it. */
  lastAt = Number.NaN;
  readonly #clients: RawClient[] = [];
  #served = 0;

  static async connect(server: MusterProcess, devices: number): Promise<Connected> {
    const connected = new Connected();
    const every = Math.floor((CONNECTED + REPORTING) / REPORTING);
    const numbers = chosen(devices).filter((_, n) => n % every !== 0);
    await inParallel(numbers, AT_ONCE, async (n) => {
      const client = await RawClient.connect({ ...login(server, n), onPublish: () => connected.#received() });
      await client.subscribe('$twin/desired');
      connected.#clients.push(client);
    });
    return connected;
  }

  end(): void {
    for (const client of this.#clients) client.end();
  }

  #received(): void {
    this.#served += 1;
    if (this.#served === CONNECTED) this.lastAt = performance.now();
  }
}

/** Returns the seconds until every device matches: then the last effective desired state is committed. */
async function untilMatched(server: MusterProcess, devices: number, startedAt: number): Promise<number> {
  for (;;) {
    const { matched } = await server.client.configurations.status(CONFIGURATION);
    const seconds = (performance.now() - startedAt) / 1_000;
    if (matched === devices) return seconds;
    if (seconds > GIVE_UP_SECONDS) throw new Error(`${matched} of ${devices} match after ${GIVE_UP_SECONDS} s`);
    await pause(POLL_MS);
  }
}

function printRates(devices: number, rounds: readonly Round[]): void {
  const rows = rounds.flatMap(({ quiet, raw, busy }, at) => {
    const row = (name: string, spent: Spent, records: number): string[] => {
      const ratio = (records / spent.seconds / rateOf(raw)).toFixed(2);
      return [name, count(records / spent.seconds), ratio, spent.processorSeconds.toFixed(1)];
    };
    return [
      [`${at + 1}`, ...row('LMDB alone, the same records', raw, raw.records)],
      ['', ...row('muster', quiet, devices)],
      ['', ...row(`muster, while ${REPORTING} others report`, busy, devices)],
    ];
  });
  console.log(`${table(['round', 'committed', 'records a second', 'ratio', 'processor s'], rows)}\n`);
  const median = (spent: (round: Round) => Spent): string => {
    const ratios = rounds.map((round) => devices / spent(round).seconds / rateOf(round.raw));
    return percentile(ratios, 0.5).toFixed(2);
  };
  const [alone, among] = [median((round) => round.quiet), median((round) => round.busy)];
  console.log(`median ratio (aim >= 0.5): ${alone}, while others report ${among}`);
}

function rateOf({ records, seconds }: RawWrite): number {
  return records / seconds;
}

function printRecords({ bytes, records, logRows }: RawWrite): void {
  const each = `${count(bytes / records)} bytes a record`;
  console.log(`LMDB alone wrote ${each} and ${logRows} rows of changes, in transactions of 512\n`);
}

function printMeanwhile(rounds: readonly Round[]): void {
  const rows = rounds.map(({ busy }, at) => [
    ...[`${at + 1}`, busy.lastConnectedSeconds.toFixed(2), count(busy.waits.length)],
    ...[busy.quietWaits, busy.waits].flatMap((waits) => [0.5, 0.99, 1].map((p) => percentile(waits, p).toFixed(1))),
    ...[busy.held.p99Ms.toFixed(1), busy.held.maxMs.toFixed(1), (busy.anonymousBytes / 1e9).toFixed(2)],
  ]);
  const connected = `last of ${count(CONNECTED)} connected, s (<= 2)`;
  const before = ['before p50, ms', 'p99', 'most'];
  const meanwhile = ['meanwhile p50, ms', 'p99 (<= 100)', 'most'];
  const held = ['loop held p99, ms (<= 50)', 'most', 'anonymous GB'];
  console.log(table(['round', connected, 'reports acknowledged', ...before, ...meanwhile, ...held], rows));
}
