import type { FindFigures } from './measure-find.js';
import type { RestartFigures } from './measure-restart.js';
import { count, table } from './table.js';

const PAGE_MS_AIM = 20;
const FIND_MS_AIM = 5;
const FIND_RATIO_AIM = 20;

/** Prints one line for each size of the fleet, and one for each question. */
export function printRestarts(figures: readonly RestartFigures[]): void {
  const header = ['devices', 'until ready, s', 'processor s', 'anonymous memory, GB'];
  const rows = figures.map((one) => [
    ...[count(one.devices), one.readySeconds.toFixed(2), one.processorSeconds.toFixed(2)],
    (one.anonymousBytes / 1e9).toFixed(2),
  ]);
  console.log(`${table(header, rows)}\n`);
  printFinds(figures);
}

export function printFinds(figures: readonly Pick<RestartFigures, 'devices' | 'finds'>[]): void {
  const header = [
    ...['find, ms', 'devices', 'matched', 'preview', 'by scan', 'ratio'],
    ...['first page', 'aim', 'by scan', 'ratio'],
  ];
  const finds = figures.flatMap(({ devices, finds }) => finds.map((one) => ({ ...one, devices })));
  console.log(
    `${table(
      header,
      finds.map((one) => findRow(one.devices, one)),
    )}\n`,
  );
  const aims = `aim ${FIND_MS_AIM} and ${FIND_RATIO_AIM} times`;
  const columns = ['found in memory, ms', 'devices', 'matched', 'index', 'its first answer', 'loop', `ratio (${aims})`];
  console.log(
    table(
      columns,
      finds.map((one) => indexRow(one.devices, one)),
    ),
  );
}

function indexRow(devices: number, { question, matched, indexMs, firstMs, loopMs }: FindFigures): string[] {
  return [
    ...[question, count(devices), count(matched), indexMs.toFixed(2), firstMs.toFixed(2), loopMs.toFixed(1)],
    count(loopMs / indexMs),
  ];
}

function findRow(devices: number, one: FindFigures): string[] {
  const { previewMs, scannedPreviewMs, pageMs, scannedPageMs } = one;
  return [
    ...[one.question, count(devices), count(one.matched)],
    ...[previewMs.toFixed(1), scannedPreviewMs.toFixed(1), (scannedPreviewMs / previewMs).toFixed(1)],
    ...[pageMs.toFixed(1), `<= ${PAGE_MS_AIM}`, scannedPageMs.toFixed(1), (scannedPageMs / pageMs).toFixed(1)],
  ];
}
