import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Figure } from '../measure/figure.js';
import type { MatchFigures } from '../measure/measure-match.js';
import { measureRestart, type RestartFigures } from '../measure/measure-restart.js';
import { printRestarts } from '../measure/print-restarts.js';
import { type Plot, svgPlot } from '../measure/svg-plot.js';
import { measureCurve, printCurve } from './match.js';

const DEVICES_FROM = 1_000;
const DEVICES_MAX = 100_000;
const PLOTS = fileURLToPath(new URL('../../../docs/plots/', import.meta.url));

/** Plots and prints how costs grow with the number of conditions and of devices; the plots go to docs/plots. */
export async function curves({ size: devicesMax = DEVICES_MAX }: BenchOptions): Promise<readonly Figure[]> {
  mkdirSync(PLOTS, { recursive: true });
  plotMatches(await measureCurve());
  const restarts: RestartFigures[] = [];
  for (let devices = DEVICES_FROM; devices <= devicesMax; devices *= 10) restarts.push(await measureRestart(devices));
  plotRestarts(restarts);
  return [];
}

function plotMatches(figures: readonly MatchFigures[]): void {
  printCurve(figures);
  const series = (name: string, of: (one: MatchFigures) => number) => ({
    name,
    points: figures.map((one) => [one.conditions, of(one)] as const),
  });
  save('match', {
    title: 'Which stored conditions hold for one device (mix)',
    xLabel: 'conditions stored',
    yLabel: 'microseconds for one device',
    series: [series('loop over all conditions', ({ naiveUs }) => naiveUs), series('index', ({ indexUs }) => indexUs)],
  });
}

function plotRestarts(figures: readonly RestartFigures[]): void {
  printRestarts(figures);
  const series = (name: string, of: (one: RestartFigures) => number) => ({
    name,
    points: figures.map((one) => [one.devices, of(one)] as const),
  });
  save('restart', {
    title: 'From the start of the process to ready',
    xLabel: 'devices stored',
    yLabel: 'seconds',
    series: [
      series('until ready', ({ readySeconds }) => readySeconds),
      series('processor time until then', (one) => one.processorSeconds),
    ],
  });
  save('find', {
    title: 'Finding the devices that a condition matches: 1,000 devices by a prefix',
    xLabel: 'devices stored',
    yLabel: 'milliseconds',
    series: [
      series('preview', ({ finds }) => finds[0]?.previewMs ?? Number.NaN),
      series('preview by scan', ({ finds }) => finds[0]?.scannedPreviewMs ?? Number.NaN),
      series('first page', ({ finds }) => finds[0]?.pageMs ?? Number.NaN),
      series('first page by scan', ({ finds }) => finds[0]?.scannedPageMs ?? Number.NaN),
    ],
  });
}

function save(name: string, plot: Plot): void {
  const file = join(PLOTS, `${name}.svg`);
  writeFileSync(file, svgPlot(plot));
  console.log(`\nwritten: docs/plots/${name}.svg\n`);
}
