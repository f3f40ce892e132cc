import { TwinError } from '@muster/twin';
import type { Span } from '../language/condition.js';

/** Ends the parse: what is wrong, where, and what to write instead. */
export function refuse(span: Span, message: string, hint: string): never {
  throw new TwinError('bad-condition', `${message}; ${hint}`, { position: span.position, length: span.length, hint });
}
