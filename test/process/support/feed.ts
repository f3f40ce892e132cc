import type { FeedEvent } from '@muster/api';
import type { Server } from './server.js';

/** Where the change feed stands now. */
export async function newestCursor(server: Server): Promise<string> {
  const marker = `marker-${Date.now()}`;
  const ended = new AbortController();
  const events = server.client.changes({ signal: ended.signal });
  const first = events.next();
  // The feed begins with what happens next, so something has to happen until it is open.
  const ticking = setInterval(() => void server.client.devices.register(marker, {}).catch(() => {}), 100);
  const { value } = await first;
  clearInterval(ticking);
  ended.abort();
  await events.return();
  return value?.id ?? '';
}

/** Every event after the cursor up to this moment. */
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
