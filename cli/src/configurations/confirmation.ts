import { type PreviewView, TwinError } from '@muster/twin';
import type { Command } from 'commander';
import { Cancelled } from '../failure/cancelled.js';
import { parseBound } from '../options/arguments.js';
import type { Session } from '../session/session.js';
import { deviceCount } from '../text/device-count.js';
import { effectLines, type PreviewedChange } from './preview-lines.js';

export interface Confirmation {
  /** `asked`: a person is shown what would change, and asked; `given`: whatever it is; `none`: the server decides. */
  readonly kind: 'asked' | 'given' | 'none';
  /** Devices; what would change more is not done, whoever consents. */
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
  /** Such as `Store it` and `stored`, for the question and its refusal. */
  readonly verb: readonly [imperative: string, participle: string];
  readonly preview: () => Promise<PreviewView>;
  /** What is shown besides, below what would change. */
  readonly remarks?: (preview: PreviewView) => readonly string[];
  readonly write: (bound: { readonly maxChanged?: number }) => Promise<Result>;
}

export function addConfirmationOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--max-changed <devices>', 'do nothing that would change more devices than this', parseBound);
}

/** Who pipes files in types nothing, and cannot be asked. */
export function confirmationOf(
  { terminal }: Session,
  { yes, maxChanged }: ConfirmationOptions,
  files: readonly string[] = [],
): Confirmation {
  const isThere = terminal.stdin.isTerminal && !files.includes('-');
  if (yes) return { kind: 'given', maxChanged };
  return { kind: isThere ? 'asked' : 'none', maxChanged };
}

/** Writes unless nobody consents. Whoever was shown a number of devices has consented to no more. */
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
    // Where the server asks for a bound, a confirmation that was given beforehand is one to the number that it tells.
    const changed = error instanceof TwinError && error.code === 'conflict' ? error.details.changed : undefined;
    if (kind !== 'given' || maxChanged !== undefined || typeof changed !== 'number') throw error;
    return write.write({ maxChanged: changed });
  }
}

/** Of what changes no device nobody is asked; what is over the bound is the server's to refuse. */
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
