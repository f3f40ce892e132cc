import { TwinError } from '@muster/twin';
import type { Span } from '../language/condition.js';

/** Throws `bad-condition` with the position, the reason and a hint. */
export function refuse(span: Span, message: string, hint: string): never {
  throw new TwinError('bad-condition', `${message}; ${hint}`, { position: span.position, length: span.length, hint });
}
