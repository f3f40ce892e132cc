import type { PreviewView } from '@muster/api';
import { TwinError } from '@muster/twin';
import type { Command } from 'commander';
import { parseBound } from './arguments.js';
import { Declined } from './declined.js';
import { deviceCount, effectLines, type PreviewedChange } from './output/preview-lines.js';
import type { Session } from './session.js';

export interface Consent {
  /** `asked`: a person is shown what would change, and asked; `given`: whatever it is; `none`: the server decides. */
  readonly kind: 'asked' | 'given' | 'none';
  /** Devices; what would change more is not done, whoever consents. */
  readonly maxChanged?: number | undefined;
}

export interface ConsentOptions {
  readonly yes?: true;
  readonly maxChanged?: number;
}

/** A write that may change devices. */
export interface ConsentedWrite<Result> {
  readonly id: string;
  readonly change: PreviewedChange;
  /** Such as `Store it` and `stored`, for the question and its refusal. */
  readonly verb: readonly [imperative: string, participle: string];
  readonly preview: () => Promise<PreviewView>;
  /** What is shown besides, below what would change. */
  readonly remarks?: (preview: PreviewView) => readonly string[];
  readonly write: (bound: { readonly maxChanged?: number }) => Promise<Result>;
}

export function addConsentOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--max-changed <devices>', 'do nothing that would change more devices than this', parseBound);
}

/** Who pipes files in types nothing, and cannot be asked. */
export function consentOf(
  { terminal }: Session,
  { yes, maxChanged }: ConsentOptions,
  files: readonly string[] = [],
): Consent {
  const isThere = terminal.stdin.isTerminal && !files.includes('-');
  if (yes) return { kind: 'given', maxChanged };
  return { kind: isThere ? 'asked' : 'none', maxChanged };
}

/** Writes unless nobody consents. Whoever was shown a number of devices has consented to no more. */
export async function writeWithConsent<Result>(
  session: Session,
  consent: Consent,
  write: ConsentedWrite<Result>,
): Promise<Result> {
  const { kind } = consent;
  const maxChanged = kind === 'asked' ? await boundOf(session, write, consent) : consent.maxChanged;
  try {
    return await write.write(maxChanged === undefined ? {} : { maxChanged });
  } catch (error) {
    // Where the server asks for a bound, a consent that was given beforehand is one to the number that it tells.
    const changed = error instanceof TwinError && error.code === 'conflict' ? error.details.changed : undefined;
    if (kind !== 'given' || maxChanged !== undefined || typeof changed !== 'number') throw error;
    return write.write({ maxChanged: changed });
  }
}

/** Of what changes no device nobody is asked; what is over the bound is the server's to refuse. */
async function boundOf<Result>(
  session: Session,
  { id, change, verb: [imperative, participle], preview: makePreview, remarks }: ConsentedWrite<Result>,
  { maxChanged = Number.POSITIVE_INFINITY }: Consent,
): Promise<number> {
  const preview = await makePreview();
  if (preview.changed > maxChanged) return maxChanged;
  if (preview.changed === 0) return 0;
  const lines = [...effectLines(id, change, preview, session.messageStyle), ...(remarks?.(preview) ?? [])];
  await session.terminal.stderr.write(`${lines.join('\n')}\n`);
  if (await session.confirm(`${imperative}, and change ${deviceCount(preview.changed)}?`)) return preview.changed;
  throw new Declined(participle);
}
