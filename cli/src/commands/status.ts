import type { ConfigurationStatusView } from '@muster/api';
import type { Command } from 'commander';
import { durationOption } from '../arguments.js';
import type { Start } from '../command.js';
import { EXIT } from '../exit-code.js';
import { Interrupted } from '../interrupted.js';
import { type Format, formatOption } from '../output/format.js';
import { LiveBlock } from '../output/live-block.js';
import { hasRolloutFailed, isRolloutOver, rolloutLine, rolloutLines } from '../output/rollout-lines.js';
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
In the bars of a rollout # is applied, x failed, - admitted and not done, . still to be admitted.

Examples:
  muster status limit-speed
  muster status limit-speed --watch                  of a rollout: until it is over; exit code 0 if it is complete then,
                                                     6 if it was aborted or rolled back
  muster status limit-speed --wait --timeout 10m     exit code 1 if it failed on a device, 6 if its rollout was aborted
                                                     or rolled back, 124 if it took too long`;

export function defineStatus(program: Command, start: Start): void {
  program
    .command('status')
    .argument('<configuration>')
    .summary('how far a configuration has come')
    .description('Count the devices that a configuration matches, wins on, was applied by; show how its rollout stands')
    .option('--watch', 'go on, with a line whenever the counts change, until Ctrl-C or until the rollout is over')
    .option('--wait', 'go on until the rollout is over and no device is pending that could still answer')
    .addOption(durationOption('--interval <duration>', 'how often --watch and --wait look', 1_000))
    .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(status));
}

async function status(session: Session, id: string, options: StatusOptions): Promise<number> {
  if (options.watch || options.wait) return follow(session, id, options);
  const told = await session.client.configurations.status(id, { signal: session.signal });
  await session.print(text(session, id, told, options.output));
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

async function followUntilDone(session: Session, id: string, options: StatusOptions): Promise<number> {
  const { client, signal, terminal } = session;
  const show = shower(session, id, options.output);
  for (;;) {
    const told = await client.configurations.status(id, { signal });
    await show(told);
    const ending = endingOf(told, options);
    if (ending !== undefined) return ending;
    await pause(terminal.clock, options.interval, signal);
  }
}

/** The exit code once there is nothing left to wait for. */
function endingOf({ rollout, pending, offline, failed }: ConfigurationStatusView, options: StatusOptions) {
  if (rollout && hasRolloutFailed(rollout.state)) return EXIT.rolloutFailed;
  if (rollout && !isRolloutOver(rollout.state)) return undefined;
  if (options.wait) {
    if (pending - offline > 0) return undefined;
    return failed > 0 ? EXIT.failure : EXIT.ok;
  }
  return rollout && EXIT.ok;
}

/** A rollout is drawn anew in its place where somebody looks; everything else is a line whenever it changes. */
function shower(session: Session, id: string, output: Format): (told: ConfigurationStatusView) => Promise<void> {
  const { stdout, clock } = session.terminal;
  const block = new LiveBlock(stdout);
  let before = '';
  return async (told) => {
    if (output === 'table' && told.rollout && stdout.isTerminal) return block.show(lines(session, id, told));
    const line = output === 'table' ? changingLine(told) : text(session, id, told, output, 'line');
    if (line !== before)
      await session.print(output === 'table' ? `${new Date(clock.now()).toISOString()}  ${line}` : line);
    before = line;
  };
}

function changingLine({ rollout, ...counts }: ConfigurationStatusView): string {
  return rollout ? rolloutLine(rollout) : statusLine(counts);
}

function text(
  session: Session,
  id: string,
  told: ConfigurationStatusView,
  output: Format,
  shape: 'block' | 'line' = 'block',
): string {
  if (output === 'json') return JSON.stringify({ id, ...told }, null, shape === 'block' ? 2 : 0);
  if (output === 'yaml') return `${shape === 'block' ? '' : '---\n'}${yamlText({ id, ...told })}`;
  return lines(session, id, told).join('\n');
}

function lines({ style, terminal }: Session, id: string, { rollout, ...counts }: ConfigurationStatusView): string[] {
  const look = { style, isTerminal: terminal.stdout.isTerminal, now: terminal.clock.now() };
  return [...statusLines(id, counts, style), ...(rollout ? ['', ...rolloutLines(rollout, look)] : [])];
}
