import type { ConfigurationCounts } from '@muster/api';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';
import { visibleText } from '../text/visible-text.js';

const MEANINGS: Readonly<Record<keyof ConfigurationCounts, string>> = {
  matched: 'the condition is TRUE',
  admitted: 'of these, admitted by the rollout',
  overridden: 'admitted, but overridden at every path',
  winning: 'admitted, and winning at some path',
  applied: 'of the winning: applied',
  failed: 'of the winning: failed',
  pending: 'of the winning: not acknowledged yet',
  offline: 'of the pending: not connected',
};

const NAMES = Object.keys(MEANINGS) as (keyof ConfigurationCounts)[];

export function statusLines(id: string, counts: ConfigurationCounts, style: Style): string[] {
  const columns = [
    { title: 'DEVICES', text: (name: keyof ConfigurationCounts) => name },
    { title: 'COUNT', text: (name: keyof ConfigurationCounts) => String(counts[name]) },
    { title: '', text: (name: keyof ConfigurationCounts) => MEANINGS[name] },
  ];
  return [style.bold(`configuration ${visibleText(id)}`), ...formatTable(columns, NAMES, style)];
}

/** Returns the counts as one line, for `--watch`. */
export function statusLine(counts: ConfigurationCounts): string {
  return NAMES.map((name) => `${name} ${counts[name]}`).join('  ');
}
