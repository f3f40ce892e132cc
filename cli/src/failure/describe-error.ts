import { NetworkError } from '@muster/client';
import { TwinError } from '@muster/twin';
import { caretLines } from '../text/caret.js';
import type { Style } from '../text/style.js';
import { visibleText } from '../text/visible-text.js';
import { Failure, type FailureContext } from './failure.js';
import { UsageError } from './usage-error.js';

/** The text of an error for the terminal: the problem, its place and what to do. */
export function describeError(error: unknown, style: Style): string {
  if (error instanceof Failure) return describe(error.cause, error.context, style);
  return describe(error, {}, style);
}

function describe(error: unknown, context: FailureContext, style: Style): string {
  if (error instanceof Failure) return describe(error.cause, { ...context, ...error.context }, style);
  const subject = context.subject === undefined ? '' : `${context.subject}: `;
  const heading = style.red(`muster: ${visibleText(subject)}${visibleText(messageOf(error))}`);
  return [heading, ...detailLines(error, context, style)].join('\n');
}

function messageOf(error: unknown): string {
  if (error instanceof NetworkError) return `cannot reach the server: ${error.message}`;
  if (error instanceof TwinError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

function detailLines(error: unknown, { condition }: FailureContext, style: Style): string[] {
  if (error instanceof NetworkError) return ['  Start one with "muster up", or name it with --server or MUSTER_URL.'];
  if (error instanceof UsageError) return ['  (add --help for the options and examples)'];
  if (!(error instanceof TwinError)) return [];
  const { position, length, hint, path, changed } = error.details;
  return [
    ...(typeof position === 'number' && condition !== undefined
      ? caretLines(condition, position, typeof length === 'number' ? length : 1, style)
      : []),
    ...(typeof path === 'string' ? [`  at ${visibleText(path)}`] : []),
    ...(typeof hint === 'string' && !error.message.includes(hint)
      ? [`  ${style.cyan('hint:')} ${visibleText(hint)}`]
      : []),
    ...(typeof changed === 'number' ? [`  Check what would change, then allow it with --max-changed ${changed}.`] : []),
    ...(error.code === 'unauthorized'
      ? ['  Tokens come from --token-file, MUSTER_TOKEN or admin.token in MUSTER_DATA_DIR.']
      : []),
  ];
}
