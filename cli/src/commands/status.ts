import type { ConfigurationStatusView } from '@muster/api';
import { wait } from '@muster/client';
import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { Interrupted } from '../failure/interrupted.js';
import { durationOption } from '../options/arguments.js';
import { hasRolloutFailed, isRolloutOver, rolloutLine, rolloutLines } from '../output/rollout-lines.js';
import { statusLine, statusLines } from '../output/status-lines.js';
import type { Start } from '../session/command.js';
import { LiveBlock } from '../session/live-block.js';
import type { Session } from '../session/session.js';
import { type Format, formatOption } from '../text/format.js';
import { yamlText } from '../text/yaml-text.js';

interface StatusOptions {
  readonly watch?: true;
  readonly wait?: true;
  readonly interval: number;
  readonly output: Format;
}

const EXAMPLES = `
In the bars of a rollout, # is applied, x failed, - admitted but not done, . not admitted yet.

Examples:
  muster status limit-speed
  muster status limit-speed --watch                  until a rollout is over: exit code 0 if it is complete,
                                                     6 if it was aborted or rolled back
  muster status limit-speed --wait --timeout 10m     exit code 1 if a device failed, 6 if the rollout was aborted or
                                                     rolled back, 124 if it took too long`;

export function defineStatus(program: Command, start: Start): void {
  program
    .command('status')
    .argument('<configuration>')
    .summary('show the progress of a configuration')
    .description('Show how many devices match, win, applied and failed, and the state of the rollout')
    .option('--watch', 'print a line whenever the counts change, until Ctrl-C or until the rollout is over')
    .option('--wait', 'wait until the rollout is over and no connected device is pending')
    .addOption(durationOption('--interval <duration>', 'how often --watch and --wait check', 1_000))
    .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(status));
}

async function status(session: Session, id: string, options: StatusOptions): Promise<number> {
  if (options.watch || options.wait) return follow(session, id, options);
  const current = await session.client.configurations.status(id, { signal: session.signal });
  await session.print(text(session, id, current, options.output));
  return EXIT.ok;
}

/** Ctrl-C is the regular end of `--watch`, and a failure of `--wait`. */
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
  const show = createPrinter(session, id, options.output);
  for (;;) {
    const current = await client.configurations.status(id, { signal });
    await show(current);
    const ending = finalExitCode(current, options);
    if (ending !== undefined) return ending;
    await wait(terminal.clock, options.interval, signal);
  }
}

/** Returns the exit code if there is nothing left to wait for. */
function finalExitCode({ rollout, pending, offline, failed }: ConfigurationStatusView, options: StatusOptions) {
  if (rollout && hasRolloutFailed(rollout.state)) return EXIT.rolloutFailed;
  if (rollout && !isRolloutOver(rollout.state)) return undefined;
  if (options.wait) {
    if (pending - offline > 0) return undefined;
    return failed > 0 ? EXIT.failure : EXIT.ok;
  }
  return rollout && EXIT.ok;
}

/** On a terminal a rollout is redrawn in place; otherwise each change prints a line. */
function createPrinter(
  session: Session,
  id: string,
  output: Format,
): (current: ConfigurationStatusView) => Promise<void> {
  const { stdout, clock } = session.terminal;
  const block = new LiveBlock(stdout);
  let before = '';
  return async (current) => {
    if (output === 'table' && current.rollout && stdout.isTerminal) return block.show(lines(session, id, current));
    const line = output === 'table' ? changingLine(current) : text(session, id, current, output, 'line');
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
  current: ConfigurationStatusView,
  output: Format,
  shape: 'block' | 'line' = 'block',
): string {
  if (output === 'json') return JSON.stringify({ id, ...current }, null, shape === 'block' ? 2 : 0);
  if (output === 'yaml') return `${shape === 'block' ? '' : '---\n'}${yamlText({ id, ...current })}`;
  return lines(session, id, current).join('\n');
}

function lines({ style, terminal }: Session, id: string, { rollout, ...counts }: ConfigurationStatusView): string[] {
  const look = { style, isTerminal: terminal.stdout.isTerminal, now: terminal.clock.now() };
  return [...statusLines(id, counts, style), ...(rollout ? ['', ...rolloutLines(rollout, look)] : [])];
}
