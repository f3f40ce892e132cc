import type { FindFigures } from './measure-find.js';
import type { RestartFigures } from './measure-restart.js';
import { count, table } from './table.js';

const PAGE_MS_AIM = 20;

/** One line for each size of the fleet, and one for each question to it. */
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
    ...['first page', 'aim', 'by scan', 'ratio', 'loop in memory'],
  ];
  const rows = figures.flatMap(({ devices, finds }) => finds.map((one) => findRow(devices, one)));
  console.log(table(header, rows));
}

function findRow(devices: number, one: FindFigures): string[] {
  const { previewMs, scannedPreviewMs, pageMs, scannedPageMs } = one;
  return [
    ...[one.question, count(devices), count(one.matched)],
    ...[previewMs.toFixed(1), scannedPreviewMs.toFixed(1), (scannedPreviewMs / previewMs).toFixed(1)],
    ...[pageMs.toFixed(1), `<= ${PAGE_MS_AIM}`, scannedPageMs.toFixed(1), (scannedPageMs / pageMs).toFixed(1)],
    one.loopMs.toFixed(1),
  ];
}
