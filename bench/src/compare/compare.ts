import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKOUT_VARIABLE, isBuilt } from '../load/checkout.js';
import type { Figure } from '../measure/figure.js';
import { printComparison } from './print-comparison.js';

const TRIAL = fileURLToPath(new URL('./trial.js', import.meta.url));
const THIS_CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Order {
  readonly name: string;
  readonly size?: number;
}

interface Side {
  readonly name: string;
  readonly checkout: string;
  /** Where the benches keep the fleets that the server of this side has imported. */
  readonly dataDir: string;
}

/**
 * Runs benches against two built checkouts in turn: other and this, then this and other, and so on. Both sides get the
 * same load generator, that of this checkout; only the server, or the package that is measured in process, differs.
 * Each trial is a process of its own.
 */
export async function compare(other: string, orders: readonly Order[], rounds: number): Promise<void> {
  if (!isBuilt(other)) throw new Error(`${other} is not built: run npm ci and npm run build there`);
  const folder = mkdtempSync(join(process.env.BENCH_DATA_DIR ?? tmpdir(), 'muster-bench-compare-'));
  const sides = [side('other', resolve(other), folder), side('this', THIS_CHECKOUT, folder)] as const;
  try {
    for (const order of orders) await compareOne(sides, order, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function side(name: string, checkout: string, folder: string): Side {
  const dataDir = join(folder, name);
  mkdirSync(dataDir);
  return { name, checkout, dataDir };
}

async function compareOne(sides: readonly [Side, Side], order: Order, rounds: number): Promise<void> {
  const results: [Figure[][], Figure[][]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const startedAt = performance.now();
      results[index].push(await runTrial(sides[index], order));
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      console.error(`${order.name}, round ${round + 1} of ${rounds}, ${sides[index].name}: ${seconds} s`);
    }
  }
  printComparison(order.name, ...results);
}

function runTrial({ checkout, dataDir }: Side, { name, size }: Order): Promise<Figure[]> {
  const child = fork(TRIAL, size === undefined ? [name] : [name, String(size)], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, [CHECKOUT_VARIABLE]: checkout, BENCH_DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((done, reject) => {
    let figures: Figure[] | undefined;
    child.once('message', (message) => {
      figures = message as Figure[];
    });
    child.once('exit', (code) => {
      if (figures && code === 0) done(figures);
      else reject(new Error(`the trial of ${name} in ${checkout} ended with ${code}`));
    });
  });
}
