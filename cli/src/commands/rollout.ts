import type { ConfigurationStatusView, PreviewView } from '@muster/api';
import type { BoundedAction, RolloutAction } from '@muster/client';
import type { Command } from 'commander';
import {
  addConfirmationOptions,
  type ConfirmationOptions,
  type ConfirmedWrite,
  confirmationOf,
  writeConfirmed,
} from '../configurations/confirmation.js';
import { previewLines } from '../configurations/preview-lines.js';
import { EXIT } from '../failure/exit-code.js';
import { parseCount } from '../options/arguments.js';
import { rolloutHeadLines } from '../output/rollout-lines.js';
import { statusLines } from '../output/status-lines.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { type Format, formatOption, structuredText } from '../text/format.js';
import { visibleText } from '../text/visible-text.js';

type Kind = RolloutAction['action'];
type BoundedKind = BoundedAction['action'];

interface RolloutOptions extends ConfirmationOptions {
  readonly generation?: number;
  readonly dryRun?: true;
  readonly output: Format;
}

const KINDS: Readonly<Record<Kind, string>> = {
  pause: 'stop admitting devices until resumed; admitted devices keep their generation',
  resume: 'continue a paused rollout',
  abort: 'end it as "onAbort" says: admitted devices keep it, or all return to the previous generation',
  rollback: 'end it, or undo a complete rollout: all devices get an earlier generation at once',
  promote: 'admit all remaining devices at once',
};

/** Actions that change devices at once. */
const BOUNDED = {
  rollback: { change: 'rolledBack', verb: ['Roll it back', 'rolled back'] },
  promote: { change: 'promoted', verb: ['Promote it', 'promoted'] },
} as const satisfies Readonly<Record<BoundedKind, Pick<ConfirmedWrite<unknown>, 'change' | 'verb'>>>;

const EXAMPLES = `
Prints the state of the rollout after the action. An action that does not fit its state ends with exit code 5 and says
which actions fit. On a terminal, a rollback or promotion shows the devices it changes and asks.

Examples:
  muster rollout pause limit-speed
  muster rollout rollback limit-speed --generation 3
  muster rollout rollback limit-speed --dry-run
  muster status limit-speed --watch                 follow its progress`;

export function defineRollout(program: Command, start: Start): void {
  const command = program
    .command('rollout')
    .summary('pause, resume, abort, roll back or promote a rollout')
    .description('Control the rollout of a configuration')
    .addHelpText('after', EXAMPLES);
  for (const [kind, description] of Object.entries(KINDS) as [Kind, string][]) {
    const action = command
      .command(kind)
      .argument('<configuration>')
      .description(capitalized(description))
      .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
      .addHelpText('after', `\nExamples:\n  muster rollout ${kind} limit-speed`)
      .action(start((session: Session, id: string, options: RolloutOptions) => act(session, kind, id, options)));
    if (isBounded(kind)) {
      addConfirmationOptions(action).option('--dry-run', 'do nothing; show what would change, on how many devices');
    }
    if (kind === 'rollback') {
      action.option(
        '--generation <number>',
        'the generation to return to; default: the one before the rollout',
        parseCount,
      );
    }
  }
}

async function act(session: Session, kind: Kind, id: string, options: RolloutOptions): Promise<number> {
  const { generation, output, dryRun } = options;
  const { signal } = session;
  const { configurations } = session.client;
  const named = generation === undefined ? {} : { generation };
  if (isBounded(kind)) {
    const action = { action: kind, ...named };
    const preview = () => configurations.previewRollout(id, action, { signal });
    if (dryRun) return printPreview(session, id, { kind, output, preview: await preview() });
    const status = await writeConfirmed(session, confirmationOf(session, options), {
      ...{ id, ...BOUNDED[kind], preview },
      write: (bound) => configurations.rollout(id, action, { signal, ...bound }),
    });
    return printStatus(session, id, { output, status });
  }
  return printStatus(session, id, { output, status: await configurations.rollout(id, { action: kind }, { signal }) });
}

async function printPreview(
  session: Session,
  id: string,
  { kind, output, preview }: { kind: BoundedKind; output: Format; preview: PreviewView },
): Promise<number> {
  const { change } = BOUNDED[kind];
  const lines = () => previewLines(id, change, preview, session).join('\n');
  await session.print(structuredText(output, { id, change, ...preview }) ?? lines());
  return EXIT.ok;
}

async function printStatus(
  session: Session,
  id: string,
  { output, status }: { output: Format; status: ConfigurationStatusView },
): Promise<number> {
  await session.print(structuredText(output, { id, ...status }) ?? statusTextLines(session, id, status).join('\n'));
  return EXIT.ok;
}

function isBounded(kind: Kind): kind is BoundedKind {
  return Object.hasOwn(BOUNDED, kind);
}

function statusTextLines(
  { style, terminal }: Session,
  id: string,
  { rollout, ...counts }: ConfigurationStatusView,
): string[] {
  if (rollout === undefined) return statusLines(id, counts, style);
  const look = { style, isTerminal: terminal.stdout.isTerminal, now: terminal.clock.now() };
  return [style.bold(`configuration ${visibleText(id)}`), ...rolloutHeadLines(rollout, look)];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
