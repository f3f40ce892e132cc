import type { FeedEvent } from '@muster/api';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { Interrupted } from '../failure/interrupted.js';
import { collectNames, parseCount } from '../options/arguments.js';
import { EVENT_KINDS, type EventFilter, isWanted } from '../options/event-filter.js';
import { eventLine } from '../output/event-line.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';

interface WatchOptions extends EventFilter {
  readonly after?: string;
  readonly count?: number;
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
Prints a line for each change as it happens. After a broken connection, the feed continues where it was.

Examples:
  muster watch
  muster watch --device model-v3.1-0001 --kind desired,reported
  muster watch --kind acknowledged -o json
  muster watch --device d1 --count 1 --timeout 30s    wait for one change`;

export function defineWatch(program: Command, start: Start): void {
  program
    .command('watch')
    .summary('follow changes as they happen')
    .description('Follow the change feed: desired, reported, acknowledged, presence')
    .option('-d, --device <id>', 'only events of this device; repeatable, or a list with commas', collectNames)
    .option('-k, --kind <kind>', `only events of this kind: ${EVENT_KINDS.join(', ')}`, collectKinds)
    .option('--after <cursor>', 'start after this event; default: with the next event')
    .option('--count <number>', 'stop after this many events', parseCount)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(start(watch));
}

/** Ctrl-C is the regular end. */
async function watch(session: Session, options: WatchOptions): Promise<number> {
  const cursor = await follow(session, options);
  if (cursor !== undefined) await session.printMessage(`to continue from here: muster watch --after ${cursor}`);
  const { aborted, reason } = session.signal;
  if (aborted && !(reason instanceof Interrupted)) throw reason;
  return EXIT.ok;
}

/** Prints the events that pass the filter; resolves with the cursor of the last event. */
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
    throw new InvalidArgumentError(`Unknown kind "${unknown}"; known kinds are ${EVENT_KINDS.join(', ')}.`);
  return kinds;
}
