import { isTwinError, type JsonObject, LIMITS, type TwinError } from '@muster/twin';
import type { TSchema } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { ConfigurationSchema } from './configuration.js';
import { RegistrationPatchSchema, RegistrationSchema } from './registration.js';
import { validate } from './validate.js';

function errorOf(schema: TSchema, value: JsonObject): TwinError {
  try {
    validate(schema, value);
  } catch (error) {
    if (isTwinError(error)) return error;
    throw error;
  }
  throw new Error('it is valid');
}

const good = { targetCondition: '*', desiredProperties: {} };
const proto = JSON.parse('{"__proto__":{"polluted":1}}') as JsonObject;
const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, '']));

describe('what is good is given back', () => {
  test.each<[TSchema, JsonObject]>([
    [RegistrationSchema, {}],
    [RegistrationSchema, { name: 'n', tags: { a: null }, desired: {}, enabled: false }],
    [RegistrationSchema, { auth: { type: 'secret', secret: 'x'.repeat(LIMITS.secretLengthMin) } }],
    [RegistrationPatchSchema, { name: null, tags: null, desired: null, enabled: null }],
    [RegistrationPatchSchema, { name: 'n', tags: { constructor: 1 }, desired: { a: null }, enabled: true }],
    [ConfigurationSchema, good],
    [
      ConfigurationSchema,
      { ...good, priority: -5, enabled: false, enforce: true, description: '', labels: labels(64) },
    ],
  ])('%#', (schema, value) => {
    expect(validate(schema, value)).toEqual(value);
  });

  test('without what is only read', () => {
    expect(validate(RegistrationSchema, { id: 'd', name: 'n' }, { readOnly: ['id'] })).toEqual({ name: 'n' });
  });
});

test.each<[string, TSchema, JsonObject, string, string]>([
  ['a name that is a number', RegistrationSchema, { name: 7 }, 'malformed', '/name'],
  ['a name that is null', RegistrationSchema, { name: null }, 'malformed', '/name'],
  ['an empty name', RegistrationSchema, { name: '' }, 'bad-request', '/name'],
  ['tags that are a list', RegistrationSchema, { tags: [1] }, 'malformed', '/tags'],
  ['a desired that is text', RegistrationSchema, { desired: 'x' }, 'malformed', '/desired'],
  ['an enabled that is text', RegistrationSchema, { enabled: 'yes' }, 'malformed', '/enabled'],
  ['auth that is text', RegistrationSchema, { auth: 'secret' }, 'malformed', '/auth'],
  ['auth without a secret', RegistrationSchema, { auth: { type: 'secret' } }, 'malformed', '/auth/secret'],
  ['a secret too short', RegistrationSchema, { auth: { type: 'secret', secret: 'x' } }, 'bad-request', '/auth/secret'],
  ['an unknown member', RegistrationSchema, { reported: {} }, 'bad-request', '/reported'],
  ['a member named __proto__', RegistrationSchema, proto, 'bad-request', '/__proto__'],
  ['a patch with tags that are a list', RegistrationPatchSchema, { tags: [1] }, 'malformed', '/tags'],
  ['a patch with a desired that is a number', RegistrationPatchSchema, { desired: 7 }, 'malformed', '/desired'],
  ['a patch with an empty name', RegistrationPatchSchema, { name: '' }, 'bad-request', '/name'],
  ['a patch with auth', RegistrationPatchSchema, { auth: null }, 'bad-request', '/auth'],
  ['no condition', ConfigurationSchema, { desiredProperties: {} }, 'malformed', '/targetCondition'],
  ['no properties', ConfigurationSchema, { targetCondition: '*' }, 'malformed', '/desiredProperties'],
  [
    'properties that are null',
    ConfigurationSchema,
    { ...good, desiredProperties: null },
    'malformed',
    '/desiredProperties',
  ],
  ['a priority that is no integer', ConfigurationSchema, { ...good, priority: 1.5 }, 'malformed', '/priority'],
  ['a priority out of bounds', ConfigurationSchema, { ...good, priority: 2 ** 53 }, 'bad-request', '/priority'],
  ['a label that is a number', ConfigurationSchema, { ...good, labels: { a: 1 } }, 'malformed', '/labels/a'],
  [
    'a label over two lines that is a number',
    ConfigurationSchema,
    { ...good, labels: { 'a\nb': 1 } },
    'malformed',
    '/labels/a\nb',
  ],
  ['too many labels', ConfigurationSchema, { ...good, labels: labels(65) }, 'bad-request', '/labels'],
  ['a rollout that is text', ConfigurationSchema, { ...good, rollout: 'slowly' }, 'malformed', '/rollout'],
])('%s is refused, and the place is named', (_what, schema, value, code, path) => {
  const error = errorOf(schema, value);
  expect([error.code, error.details]).toEqual([code, { path }]);
  expect(error.message).toContain(path);
});

test('an unknown member is told what is known, and what was probably meant', () => {
  const known = 'name, tags, desired, enabled, auth';
  expect(errorOf(RegistrationSchema, { tag: {} }).message).toBe(
    `/tag is not known here: did you mean tags? known are ${known}`,
  );
  expect(errorOf(RegistrationSchema, { reported: {} }).message).toBe(`/reported is not known here: known are ${known}`);
});

test('an unknown member further inside is told what is known there', () => {
  const auth = { type: 'secret', secret: 'x'.repeat(20), Secrets: 1 };
  expect(errorOf(RegistrationSchema, { auth }).message).toBe(
    '/auth/Secrets is not known here: did you mean secret? known are type, secret',
  );
});

test('where null may stand too, both are named', () => {
  expect(errorOf(RegistrationPatchSchema, { tags: [1] }).message).toBe(
    '/tags has the wrong type: write an object or null',
  );
});
