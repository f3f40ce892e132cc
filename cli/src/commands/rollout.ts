import type { RolloutAction } from '@muster/client';
import type { ConfigurationStatusView } from '@muster/twin';
import type { Command } from 'commander';
import { parseCount } from '../arguments.js';
import type { Start } from '../command.js';
import { EXIT } from '../exit-code.js';
import { type Format, formatOption, structuredText } from '../output/format.js';
import { rolloutHeadLines } from '../output/rollout-lines.js';
import { statusLines } from '../output/status-lines.js';
import { visibleText } from '../output/visible-text.js';
import type { Session } from '../session.js';

type Kind = RolloutAction['action'];

interface RolloutOptions {
  readonly generation?: number;
  readonly output: Format;
}

const KINDS: Readonly<Record<Kind, string>> = {
  pause: 'admit nobody until it is resumed; who is admitted keeps what it has',
  resume: 'go on with a paused rollout',
  abort: 'end it: by its "onAbort", who is admitted keeps it, or everybody returns to the generation before',
  rollback: 'end it, or take back what is complete: everybody gets an earlier generation at once',
  promote: 'admit all who are left at once',
};

const EXAMPLES = `
Prints how the rollout stands then. An action that does not fit its state ends with 5, and says what fits.

Examples:
  muster rollout pause limit-speed
  muster rollout rollback limit-speed --generation 3
  muster status limit-speed --watch                 what becomes of it`;

export function defineRollout(program: Command, start: Start): void {
  const command = program
    .command('rollout')
    .summary('pause, resume, abort, roll back or promote a rollout')
    .description('Steer the rollout of a configuration')
    .addHelpText('after', EXAMPLES);
  for (const [kind, description] of Object.entries(KINDS) as [Kind, string][]) {
    const action = command
      .command(kind)
      .argument('<configuration>')
      .description(capitalized(description))
      .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
      .addHelpText('after', `\nExamples:\n  muster rollout ${kind} limit-speed`)
      .action(start((session: Session, id: string, options: RolloutOptions) => act(session, kind, id, options)));
    if (kind === 'rollback') {
      action.option(
        '--generation <number>',
        'the one to return to; else the one that the rollout came from',
        parseCount,
      );
    }
  }
}

async function act(session: Session, kind: Kind, id: string, { generation, output }: RolloutOptions): Promise<number> {
  const { client, signal } = session;
  const action = { action: kind, ...(generation !== undefined && { generation }) };
  const status = await client.configurations.rollout(id, action, { signal });
  await session.print(structuredText(output, { id, ...status }) ?? standing(session, id, status).join('\n'));
  return EXIT.ok;
}

function standing({ style, terminal }: Session, id: string, { rollout, ...counts }: ConfigurationStatusView): string[] {
  if (rollout === undefined) return statusLines(id, counts, style);
  const look = { style, isTerminal: terminal.stdout.isTerminal, now: terminal.clock.now() };
  return [style.bold(`configuration ${visibleText(id)}`), ...rolloutHeadLines(rollout, look)];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
