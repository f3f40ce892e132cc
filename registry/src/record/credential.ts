import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * The hashed secret of a device as one text, `$sha256$<salt>$<hash>`, after the PHC string format. A generated secret
 * has 192 random bits.
 */
export type Credential = `$sha256$${string}$${string}`;

export type RandomBytes = (count: number) => Buffer;

export function generateSecret(randomBytes: RandomBytes): string {
  return randomBytes(24).toString('base64url');
}

export function makeCredential(secret: string, randomBytes: RandomBytes): Credential {
  const salt = randomBytes(16).toString('base64url');
  return `$sha256$${salt}$${digest(salt, secret).toString('base64url')}`;
}

/** Reports whether the secret is right, in constant time. */
export function isSecretOf(credential: Credential, secret: Uint8Array): boolean {
  const [, , salt = '', hash = ''] = credential.split('$');
  return timingSafeEqual(Buffer.from(hash, 'base64url'), digest(salt, secret));
}

// One round is enough: generated secrets cannot be guessed, and a reconnect storm must not wait for hashing.
function digest(salt: string, secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}
