import { createHash, timingSafeEqual } from 'node:crypto';
import { API_TOKEN, type Principal } from '@muster/registry';
import { TwinError } from '@muster/twin';

export type IsToken = (token: Uint8Array) => boolean;

/** Compares in constant time, so that the time does not reveal how much of a token is right. */
export function tokenCheck(expected: string): IsToken {
  const digest = sha256(Buffer.from(expected));
  return (token) => timingSafeEqual(sha256(token), digest);
}

/** Returns whose token the header carries (RFC 6750), or throws `unauthorized`. */
export function authorize(header: string | undefined, isToken: IsToken): Principal {
  const [, token] = /^Bearer +([^ ]+) *$/i.exec(header ?? '') ?? [];
  if (token !== undefined && isToken(Buffer.from(token))) return API_TOKEN;
  throw new TwinError(
    'unauthorized',
    header === undefined
      ? 'a token is required: Authorization: Bearer <token>'
      : 'unknown token; send Authorization: Bearer <token>',
  );
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
