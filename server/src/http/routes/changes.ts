import { FeedEventSchema } from '@muster/api';
import { LIMITS, TwinError } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { AppParts } from '../framework/app-parts.js';
import type { Route } from '../framework/route.js';
import { Feed } from './feed.js';

/** `feeds` holds the open feeds, so that a stop can end them. */
export function changesRoute({ registry, clock, log }: AppParts, feeds: Set<Feed>): Route {
  return {
    method: 'GET',
    path: '/changes',
    tag: 'changes',
    summary: 'Follow all changes',
    description:
      'Server-sent events named `desired`, `reported`, `acknowledged`, `presence`, `device`, `configuration`; `id` is ' +
      'the cursor, data is as in the MQTT events plus `device` or `configuration`. `gap` says that changes after the ' +
      'cursor are gone. Without a cursor the feed begins with the next change. A client that falls ' +
      `${LIMITS.feedBacklogBytesMax} bytes behind is disconnected after a minute.`,
    isEndless: true,
    query: { after: { description: 'Cursor to continue after', schema: Type.String() } },
    headers: { 'Last-Event-ID': { description: 'The same; wins over `after`', schema: Type.String() } },
    answers: {
      200: {
        description: 'An endless stream of events',
        mediaType: 'text/event-stream',
        itemSchema: FeedEventSchema,
      },
    },
    refuses: [],
    handle: async ({ query, headers }) => {
      const asked = parseCursor(headers['last-event-id']) ?? parseCursor(query.after);
      const { oldest, head } = await registry.changeLog.read(Number.MAX_SAFE_INTEGER, 1);
      return {
        status: 200,
        speak: (response) => {
          const feed = new Feed({ registry, clock, log, response });
          feeds.add(feed);
          response.once('close', () => feeds.delete(feed));
          feed.start({ cursor: asked ?? head, oldest, head });
        },
      };
    },
  };
}

function parseCursor(value: string | string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  const cursor = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(cursor)) return cursor;
  throw new TwinError('bad-request', 'a cursor must be the id of an event of this feed');
}
