import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';
import type { SimulationResult } from './simulation.js';

type Row = readonly [what: string, count: string];

/** Returns the results of a simulation as a table. */
export function summaryLines(result: SimulationResult, style: Style): string[] {
  const rows: readonly Row[] = [
    ['devices', `${result.devices}`],
    ['connected at the end', `${result.connected}`],
    ['in sync at the end', `${result.inSync}`],
    ['connections', `${result.connections} (${result.drops} simulated drops)`],
    ['versions applied', `${result.applied}`],
    ['versions failed', `${result.failed}`],
    ['messages', `${result.messages} (${result.messagesPerSecond.toFixed(1)} per second)`],
    ['problems', `${result.problems}`],
    ['seconds', result.seconds.toFixed(1)],
  ];
  const columns = [
    { title: 'SIMULATED', text: ([what]: Row) => what },
    { title: 'COUNT', text: ([, count]: Row) => count },
  ];
  return formatTable(columns, rows, style);
}
