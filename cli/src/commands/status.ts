import type { ConfigurationCounts } from '@muster/twin';
import type { Command } from 'commander';
import { durationOption } from '../arguments.js';
import type { Start } from '../command.js';
import { EXIT } from '../exit-code.js';
import { Interrupted } from '../interrupted.js';
import { type Format, formatOption } from '../output/format.js';
import { statusLine, statusLines } from '../output/status-lines.js';
import { yamlText } from '../output/yaml-text.js';
import { pause } from '../pause.js';
import type { Session } from '../session.js';

interface StatusOptions {
  readonly watch?: true;
  readonly wait?: true;
  readonly interval: number;
  readonly output: Format;
}

const EXAMPLES = `
Examples:
  muster status limit-speed
  muster status limit-speed --watch
  muster status limit-speed --wait --timeout 10m     exit code 1 if it failed on a device, 124 if it took too long`;

export function defineStatus(program: Command, start: Start): void {
  program
    .command('status')
    .argument('<configuration>')
    .summary('how far a configuration has come')
    .description('Count the devices that a configuration matches, wins on, was applied by')
    .option('--watch', 'go on, with a line whenever the counts change, until Ctrl-C')
    .option('--wait', 'go on until no device is pending that could still answer, offline ones aside')
    .addOption(durationOption('--interval <duration>', 'how often --watch and --wait look', 1_000))
    .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(status));
}

async function status(session: Session, id: string, options: StatusOptions): Promise<number> {
  if (options.watch || options.wait) return follow(session, id, options);
  const counts = await session.client.configurations.status(id, { signal: session.signal });
  await session.print(text(session, id, counts, options.output));
  return EXIT.ok;
}

/** Ctrl-C is how watching ends; waiting has not reached its goal then. */
async function follow(session: Session, id: string, options: StatusOptions): Promise<number> {
  try {
    return await followUntilDone(session, id, options);
  } catch (error) {
    if (error instanceof Interrupted && !options.wait) return EXIT.ok;
    throw error;
  }
}

async function followUntilDone(
  session: Session,
  id: string,
  { wait, interval, output }: StatusOptions,
): Promise<number> {
  const { client, signal, terminal } = session;
  let told = '';
  for (;;) {
    const counts = await client.configurations.status(id, { signal });
    const line = output === 'table' ? statusLine(counts) : text(session, id, counts, output, 'line');
    if (line !== told)
      await session.print(output === 'table' ? `${new Date(terminal.clock.now()).toISOString()}  ${line}` : line);
    told = line;
    if (wait && counts.pending - counts.offline <= 0) return counts.failed > 0 ? EXIT.failure : EXIT.ok;
    await pause(terminal.clock, interval, signal);
  }
}

function text(
  session: Session,
  id: string,
  counts: ConfigurationCounts,
  output: Format,
  shape: 'block' | 'line' = 'block',
): string {
  if (output === 'json') return JSON.stringify({ id, ...counts }, null, shape === 'block' ? 2 : 0);
  if (output === 'yaml') return `${shape === 'block' ? '' : '---\n'}${yamlText({ id, ...counts })}`;
  return statusLines(id, counts, session.style).join('\n');
}
