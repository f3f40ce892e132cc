import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateSecret, isSecretOf, makeCredential } from './credential.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a generated secret has 192 random bits and needs no escaping anywhere', () => {
  const secret = generateSecret(randomBytes);
  expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(generateSecret(randomBytes)).not.toBe(secret);
});

test('a credential accepts its own secret, and no other of any length', () => {
  const secretText = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(secretText, secretText, (secret, other) => {
      const credential = makeCredential(secret, randomBytes);
      expect(isSecretOf(credential, bytes(secret))).toBe(true);
      expect(isSecretOf(credential, bytes(other))).toBe(secret === other);
      expect(isSecretOf(credential, bytes(`${secret}x`))).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('a credential has the same length for every secret, and does not contain it', () => {
  const secrets = ['', 'x', 'a secret of my own', 'x'.repeat(1_024)];
  const kept = secrets.map((secret) => makeCredential(secret, randomBytes));
  for (const one of kept) expect(one).toMatch(/^\$sha256\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
  expect(kept.join()).not.toContain('a secret of my own');
});

test('the same secret gives a different credential every time', () => {
  const [one, other] = [makeCredential('the same', randomBytes), makeCredential('the same', randomBytes)];
  expect(one.split('$').at(-1)).not.toBe(other.split('$').at(-1));
});
