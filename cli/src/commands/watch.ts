import type { FeedEvent } from '@muster/api';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { collectNames, parseCount } from '../arguments.js';
import type { Start } from '../command.js';
import { EVENT_KINDS, type EventFilter, isWanted } from '../event-filter.js';
import { EXIT } from '../exit-code.js';
import { Interrupted } from '../interrupted.js';
import { eventLine } from '../output/event-line.js';
import type { Session } from '../session.js';

interface WatchOptions extends EventFilter {
  readonly after?: string;
  readonly count?: number;
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
A line on stdout for each change, as it happens. When the connection breaks, the feed goes on where it was.

Examples:
  muster watch
  muster watch --device model-v3.1-0001 --kind desired,reported
  muster watch --kind acknowledged -o json
  muster watch --device d1 --count 1 --timeout 30s    wait for one change`;

export function defineWatch(program: Command, start: Start): void {
  program
    .command('watch')
    .summary('changes as they happen')
    .description('Follow the change feed: what was desired, reported, acknowledged; who came and went')
    .option('-d, --device <id>', 'only of this device; several times, or with commas', collectNames)
    .option('-k, --kind <kind>', `only these: ${EVENT_KINDS.join(', ')}`, collectKinds)
    .option('--after <cursor>', 'begin after this event, instead of with what happens next')
    .option('--count <number>', 'end after so many events', parseCount)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(start(watch));
}

/** Ctrl-C is how watching ends. */
async function watch(session: Session, options: WatchOptions): Promise<number> {
  const cursor = await follow(session, options);
  if (cursor !== undefined) await session.say(`to go on from here: muster watch --after ${cursor}`);
  const { aborted, reason } = session.signal;
  if (aborted && !(reason instanceof Interrupted)) throw reason;
  return EXIT.ok;
}

/** Prints what is wanted; answers where the feed stands. */
async function follow(
  session: Session,
  { after, count, output, ...filter }: WatchOptions,
): Promise<string | undefined> {
  const { client, signal } = session;
  await client.health({ signal });
  let [cursor, printed] = [after, 0];
  for await (const event of client.changes({ signal, ...(after !== undefined && { after }) })) {
    if (event.id !== '') cursor = event.id;
    if (!isWanted(event, filter)) continue;
    await printEvent(session, event, output);
    printed += 1;
    if (printed === count) break;
  }
  return cursor;
}

async function printEvent(session: Session, event: FeedEvent, output: 'text' | 'json'): Promise<void> {
  await session.print(output === 'json' ? JSON.stringify(event) : eventLine(event, session.style));
}

function collectKinds(text: string, before: readonly string[] = []): readonly string[] {
  const kinds = collectNames(text, before);
  const unknown = kinds.find((kind) => !EVENT_KINDS.some((known) => known === kind));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no kind "${unknown}"; known are ${EVENT_KINDS.join(', ')}.`);
  return kinds;
}
