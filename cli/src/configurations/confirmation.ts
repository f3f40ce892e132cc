import type { PreviewView } from '@muster/api';
import { TwinError } from '@muster/twin';
import type { Command } from 'commander';
import { Cancelled } from '../failure/cancelled.js';
import { parseBound } from '../options/arguments.js';
import type { Session } from '../session/session.js';
import { deviceCount } from '../text/device-count.js';
import { effectLines, type PreviewedChange } from './preview-lines.js';

/** How a write is confirmed. */
export interface Confirmation {
  /** `asked`: the user is shown the effect and asked; `given`: confirmed in advance; `none`: the server decides. */
  readonly kind: 'asked' | 'given' | 'none';
  /** Upper bound on the devices that may change, even if confirmed. */
  readonly maxChanged?: number | undefined;
}

export interface ConfirmationOptions {
  readonly yes?: true;
  readonly maxChanged?: number;
}

/** A write that may change devices. */
export interface ConfirmedWrite<Result> {
  readonly id: string;
  readonly change: PreviewedChange;
  /** Such as `Store it` and `stored`, for the question and for the message of a refusal. */
  readonly verb: readonly [imperative: string, participle: string];
  readonly preview: () => Promise<PreviewView>;
  /** Additional lines below the effect. */
  readonly remarks?: (preview: PreviewView) => readonly string[];
  readonly write: (bound: { readonly maxChanged?: number }) => Promise<Result>;
}

export function addConfirmationOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--max-changed <devices>', 'refuse a write that would change more devices than this', parseBound);
}

/** If stdin is not a terminal, or holds the files, there is no user to ask. */
export function confirmationOf(
  { terminal }: Session,
  { yes, maxChanged }: ConfirmationOptions,
  files: readonly string[] = [],
): Confirmation {
  const canAsk = terminal.stdin.isTerminal && !files.includes('-');
  if (yes) return { kind: 'given', maxChanged };
  return { kind: canAsk ? 'asked' : 'none', maxChanged };
}

/** Writes, after asking where needed. A confirmation covers at most the number of devices shown. */
export async function writeConfirmed<Result>(
  session: Session,
  confirmation: Confirmation,
  write: ConfirmedWrite<Result>,
): Promise<Result> {
  const { kind } = confirmation;
  const maxChanged = kind === 'asked' ? await confirmedBound(session, write, confirmation) : confirmation.maxChanged;
  try {
    return await write.write(maxChanged === undefined ? {} : { maxChanged });
  } catch (error) {
    // If the server requires a bound, `--yes` accepts the number it reports.
    const changed = error instanceof TwinError && error.code === 'conflict' ? error.details.changed : undefined;
    if (kind !== 'given' || maxChanged !== undefined || typeof changed !== 'number') throw error;
    return write.write({ maxChanged: changed });
  }
}

/** Does not ask if no device would change, or if the bound is exceeded, which the server refuses. */
async function confirmedBound<Result>(
  session: Session,
  { id, change, verb: [imperative, participle], preview: makePreview, remarks }: ConfirmedWrite<Result>,
  { maxChanged = Number.POSITIVE_INFINITY }: Confirmation,
): Promise<number> {
  const preview = await makePreview();
  if (preview.changed > maxChanged) return maxChanged;
  if (preview.changed === 0) return 0;
  const lines = [...effectLines(id, change, preview, session.messageStyle), ...(remarks?.(preview) ?? [])];
  await session.terminal.stderr.write(`${lines.join('\n')}\n`);
  if (await session.confirm(`${imperative}, and change ${deviceCount(preview.changed)}?`)) return preview.changed;
  throw new Cancelled(participle);
}
