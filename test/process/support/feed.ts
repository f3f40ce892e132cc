import type { FeedEvent } from '@muster/api';
import type { Server } from './server.js';

/** Returns the newest cursor of the change feed. */
export async function newestCursor(server: Server): Promise<string> {
  const marker = `marker-${Date.now()}`;
  const ended = new AbortController();
  const events = server.client.changes({ signal: ended.signal });
  const first = events.next();
  // The feed begins with the next change, so make changes until it is open.
  const ticking = setInterval(() => void server.client.devices.register(marker, {}).catch(() => {}), 100);
  const { value } = await first;
  clearInterval(ticking);
  ended.abort();
  await events.return();
  return value?.id ?? '';
}

/** Returns every event after the cursor up to now. */
export async function eventsUntilNow({ client }: Server, after: string): Promise<FeedEvent[]> {
  const marker = `marker-${Date.now()}`;
  await client.devices.register(marker, {});
  const events: FeedEvent[] = [];
  for await (const event of client.changes({ after })) {
    if (event.event === 'device' && event.data.device === marker) break;
    events.push(event);
  }
  return events;
}
