import type { ConfigurationStatusView, PreviewView } from '@muster/api';
import type { BoundedAction, RolloutAction } from '@muster/client';
import type { Command } from 'commander';
import { parseCount } from '../arguments.js';
import type { Start } from '../command.js';
import {
  addConsentOptions,
  type ConsentedWrite,
  type ConsentOptions,
  consentOf,
  writeWithConsent,
} from '../consent.js';
import { EXIT } from '../exit-code.js';
import { type Format, formatOption, structuredText } from '../output/format.js';
import { previewLines } from '../output/preview-lines.js';
import { rolloutHeadLines } from '../output/rollout-lines.js';
import { statusLines } from '../output/status-lines.js';
import { visibleText } from '../output/visible-text.js';
import type { Session } from '../session.js';

type Kind = RolloutAction['action'];
type BoundedKind = BoundedAction['action'];

interface RolloutOptions extends ConsentOptions {
  readonly generation?: number;
  readonly dryRun?: true;
  readonly output: Format;
}

const KINDS: Readonly<Record<Kind, string>> = {
  pause: 'admit nobody until it is resumed; who is admitted keeps what it has',
  resume: 'go on with a paused rollout',
  abort: 'end it: by its "onAbort", who is admitted keeps it, or everybody returns to the generation before',
  rollback: 'end it, or take back what is complete: everybody gets an earlier generation at once',
  promote: 'admit all who are left at once',
};

/** What changes devices at once. */
const ASKED = {
  rollback: { change: 'rolledBack', verb: ['Roll it back', 'rolled back'] },
  promote: { change: 'promoted', verb: ['Promote it', 'promoted'] },
} as const satisfies Readonly<Record<BoundedKind, Pick<ConsentedWrite<unknown>, 'change' | 'verb'>>>;

const EXAMPLES = `
Prints how the rollout stands then. An action that does not fit its state ends with 5, and says what fits. What changes
devices at once, a rollback or a promotion, is shown on a terminal, and asked about.

Examples:
  muster rollout pause limit-speed
  muster rollout rollback limit-speed --generation 3
  muster rollout rollback limit-speed --dry-run
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
    if (isBounded(kind)) {
      addConsentOptions(action).option('--dry-run', 'do nothing, show what would change on how many devices');
    }
    if (kind === 'rollback') {
      action.option(
        '--generation <number>',
        'the one to return to; else the one that the rollout came from',
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
    if (dryRun) return show(session, id, { kind, output, preview: await preview() });
    const status = await writeWithConsent(session, consentOf(session, options), {
      ...{ id, ...ASKED[kind], preview },
      write: (bound) => configurations.rollout(id, action, { signal, ...bound }),
    });
    return tell(session, id, { output, status });
  }
  return tell(session, id, { output, status: await configurations.rollout(id, { action: kind }, { signal }) });
}

async function show(
  session: Session,
  id: string,
  { kind, output, preview }: { kind: BoundedKind; output: Format; preview: PreviewView },
): Promise<number> {
  const { change } = ASKED[kind];
  const lines = () => previewLines(id, change, preview, session).join('\n');
  await session.print(structuredText(output, { id, change, ...preview }) ?? lines());
  return EXIT.ok;
}

async function tell(
  session: Session,
  id: string,
  { output, status }: { output: Format; status: ConfigurationStatusView },
): Promise<number> {
  await session.print(structuredText(output, { id, ...status }) ?? standing(session, id, status).join('\n'));
  return EXIT.ok;
}

function isBounded(kind: Kind): kind is BoundedKind {
  return Object.hasOwn(ASKED, kind);
}

function standing({ style, terminal }: Session, id: string, { rollout, ...counts }: ConfigurationStatusView): string[] {
  if (rollout === undefined) return statusLines(id, counts, style);
  const look = { style, isTerminal: terminal.stdout.isTerminal, now: terminal.clock.now() };
  return [style.bold(`configuration ${visibleText(id)}`), ...rolloutHeadLines(rollout, look)];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
