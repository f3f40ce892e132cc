import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationInput } from '@muster/api';
import type { PreviewInput } from '@muster/client';
import { LmdbStore } from '@muster/registry';
import { ensureFleet } from '../load/ensure-fleet.js';
import { type LoopHeld, MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { naivePreview } from '../measure/naive-preview.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { count, median, table } from '../measure/table.js';

const DEVICES = 1_000_000;
const TIMES = 5;
const POLL_MS = 500;
const PAGE = 500;
/** A preview of at most this many changed devices should take at most a second. */
const FEW = 10_000;

/** Configurations stored before the previews: one for all devices, and one for each region. */
const STORED: Readonly<Record<string, ConfigurationInput>> = {
  everybody: { targetCondition: '*', desiredProperties: { interval: 60, net: { dns: '10.0.0.1', mtu: 1_500 } } },
  ...Object.fromEntries(
    ['eu', 'us', 'ap', 'sa', 'af'].map((region) => [
      `region-${region}`,
      { targetCondition: `device.tags.region = '${region}'`, desiredProperties: { server: `${region}.example.com` } },
    ]),
  ),
};

const PROPERTIES = { speed: 20, net: { mtu: 1_400 } };
const QUESTIONS: readonly { readonly question: string; readonly input: PreviewInput }[] = [
  {
    question: 'a prefix of the name',
    input: { targetCondition: "STARTS_WITH(device.name, 'model-v3.1-000')", desiredProperties: PROPERTIES },
  },
  {
    question: 'one in ten, by two tags',
    input: {
      targetCondition: "device.tags.region = 'eu' AND device.tags.ring IN ['dev', 'canary']",
      desiredProperties: PROPERTIES,
    },
  },
  { question: 'every device', input: { targetCondition: '*', desiredProperties: PROPERTIES } },
  {
    question: 'an edit of a configuration of every device',
    input: { id: 'everybody', targetCondition: '*', desiredProperties: PROPERTIES },
  },
  {
    question: 'every device, evaluated one by one',
    input: { targetCondition: "NOT device.tags.site = 'nowhere'", desiredProperties: PROPERTIES },
  },
];

interface Figures {
  readonly elapsed: readonly number[];
  readonly held: LoopHeld;
  readonly matched: number;
  readonly changed: number;
  /** Per preview. */
  readonly processor: readonly Figure[];
}

/** Previews configurations on a fleet that already has some, and compares with a naive loop in memory. */
export async function preview({ size: devices = DEVICES, isCompared }: BenchOptions): Promise<readonly Figure[]> {
  const fleet = await ensureFleet(devices);
  const folder = mkdtempSync(join(process.env.BENCH_DATA_DIR ?? tmpdir(), 'muster-bench-preview-'));
  try {
    cpSync(fleet, folder, { recursive: true });
    await store(folder, devices);
    // Restarted, so that everything is read from disk.
    const server = await MusterProcess.start({ dataDir: folder });
    const figures: Figures[] = [];
    for (const { input } of QUESTIONS) figures.push(await measure(server, input));
    await server.stop();
    if (isCompared) return figures.flatMap(figuresOf);
    print(devices, figures);
    console.log(
      `\nto read all records in a row, in this process: ${(await readMs(join(folder, 'twins'))).toFixed(0)} ms`,
    );
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf({ elapsed, held, processor }: Figures, index: number): Figure[] {
  const name = `preview of ${QUESTIONS[index]?.question}`;
  return [
    { name, value: median(elapsed), unit: 'ms' },
    { name: `${name}, event loop held, p99`, value: held.p99Ms, unit: 'ms' },
    ...processor.map((figure) => ({ ...figure, name: `${name}, ${figure.name}` })),
  ];
}

async function store(dataDir: string, devices: number): Promise<void> {
  const server = await MusterProcess.start({ dataDir });
  const { configurations } = server.client;
  for (const [id, input] of Object.entries(STORED)) await configurations.put(id, input);
  const matched = async (id: string): Promise<number> => (await configurations.status(id)).matched;
  const all = Object.keys(STORED);
  // Every device has two: the one for all devices, and the one of its region.
  while ((await Promise.all(all.map(matched))).reduce((sum, one) => sum + one, 0) < 2 * devices) await pause(POLL_MS);
  await server.stop();
}

async function measure(server: MusterProcess, input: PreviewInput): Promise<Figures> {
  await server.loopHeld();
  const elapsed: number[] = [];
  const watch = new ProcessorWatch(server.pid);
  let numbers = { matched: 0, changed: 0 };
  for (let time = 0; time < TIMES; time += 1) {
    const startedAt = performance.now();
    numbers = await server.client.configurations.preview(input);
    elapsed.push(performance.now() - startedAt);
  }
  const processor = watch.figures('a preview', TIMES);
  return { elapsed, held: await server.loopHeld(), processor, matched: numbers.matched, changed: numbers.changed };
}

async function readMs(folder: string): Promise<number> {
  const database = LmdbStore.open(folder);
  const startedAt = performance.now();
  for (let after = ''; ; ) {
    const page = await database.scan('device', after, PAGE);
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
  }
  const ms = performance.now() - startedAt;
  await database.close();
  return ms;
}

function print(devices: number, figures: readonly Figures[]): void {
  const header = [
    ...[`preview over ${count(devices)} devices`, 'match', 'change', 'first, ms', 'median, ms', 'aim, s'],
    ...['µs a device', 'loop held p99, ms', 'most, ms', 'naive loop in memory, ms', 'ratio'],
  ];
  const rows = QUESTIONS.map(({ question, input }, index) => {
    const { elapsed, held, matched, changed } = figures[index] as Figures;
    const naive = naivePreview(STORED, input, devices);
    if (naive.matched !== matched || naive.changed !== changed) throw new Error(`${question}: the answers differ`);
    const medianMs = median(elapsed);
    return [
      ...[
        question,
        count(matched),
        count(changed),
        (elapsed[0] ?? 0).toFixed(0),
        medianMs.toFixed(0),
        `<= ${changed > FEW ? 10 : 1}`,
      ],
      ...[((medianMs * 1_000) / matched).toFixed(1), held.p99Ms.toFixed(1), held.maxMs.toFixed(1)],
      ...[naive.ms.toFixed(0), (naive.ms / medianMs).toFixed(2)],
    ];
  });
  console.log(table(header, rows));
}
