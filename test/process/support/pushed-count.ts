import type { Server } from './server.js';

/** Returns the number of `$twin/desired` messages that the server has sent since its start. */
export async function pushedCount({ httpUrl }: Server): Promise<number> {
  const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
  const [, count] = /^muster_broker_events_total\{event="pushed"\} (\d+)$/m.exec(metrics) ?? [];
  if (count === undefined) throw new Error(`the metrics do not count what was pushed:\n${metrics}`);
  return Number(count);
}
