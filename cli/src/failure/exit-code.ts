import { assertNever, TwinError, type TwinErrorCode } from '@muster/twin';
import { Failure } from './failure.js';
import { Interrupted } from './interrupted.js';
import { TimedOut } from './timed-out.js';
import { UsageError } from './usage-error.js';

/** Exit codes (PROTOCOL, Command line). Shells expect 130 after Ctrl-C. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  rolloutFailed: 6,
  timeout: 124,
  interrupted: 130,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return exitCodeOf(error.cause);
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof TimedOut) return EXIT.timeout;
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof TwinError ? exitCodeOfTwinError(error.code) : EXIT.failure;
}

/** For several failures: their common exit code, else 1. */
export function exitCodeOfAll(errors: readonly unknown[]): number {
  const codes = new Set(errors.map(exitCodeOf));
  const [first = EXIT.ok] = codes;
  return codes.size > 1 ? EXIT.failure : first;
}

function exitCodeOfTwinError(code: TwinErrorCode): number {
  switch (code) {
    case 'not-found':
      return EXIT.notFound;
    case 'unauthorized':
    case 'forbidden':
      return EXIT.notAllowed;
    case 'conflict':
    case 'precondition-failed':
      return EXIT.conflict;
    case 'bad-request':
    case 'bad-condition':
    case 'bad-id':
    case 'malformed':
    case 'too-large':
    case 'too-deep':
    case 'too-many-keys':
    case 'bad-number':
    case 'bad-key':
    case 'unknown-version':
    case 'method-not-allowed':
    case 'body-too-large':
    case 'unsupported-media-type':
    case 'rate-limited':
    case 'unavailable':
      return EXIT.failure;
    default:
      return assertNever(code);
  }
}
