import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInstant } from './instant.js';

test.each([
  '1970-01-01T00:00:00Z',
  '2027-01-31T23:00:00+01:00',
  '2027-01-31T23:00:00-03:30',
  '2024-02-29T12:00:00Z',
  '2000-02-29T12:00:00Z',
  '2027-12-31T23:59:59.999Z',
  '2027-12-31T23:59:59.5Z',
  '2027-12-31T23:59Z',
  '1969-12-31T23:59:59.001Z',
])('%s is read', (text) => {
  expect(parseInstant(text, '/startAt')).toBe(Date.parse(text));
});

test.each([
  ['2027-12-31T23:59:59.9999Z', '2027-12-31T23:59:59.999Z'],
  ['2027-12-31t23:59:59z', '2027-12-31T23:59:59Z'],
])('%s is the same as %s', (text, same) => {
  expect(parseInstant(text, '/startAt')).toBe(Date.parse(same));
});

test.each([
  ['tomorrow', 'write a time with its offset, such as "2027-01-31T22:00:00Z"'],
  ['2027-01-31', 'write a time with its offset'],
  ['2027-01-31T22:00:00', 'write a time with its offset'],
  ['27-01-31T22:00:00Z', 'write a time with its offset'],
  ['2027-01-31T22:00:00+0100', 'write a time with its offset'],
  ['2027-02-29T22:00:00Z', 'there is no such day'],
  ['1900-02-29T22:00:00Z', 'there is no such day'],
  ['2027-00-10T22:00:00Z', 'there is no such day'],
  ['2027-13-10T22:00:00Z', 'there is no such day'],
  ['2027-12-32T22:00:00Z', 'there is no such day'],
  ['2027-12-00T22:00:00Z', 'there is no such day'],
  ['2027-12-31T24:00:00Z', 'an hour is at most 23'],
  ['2027-12-31T23:60:00Z', 'an hour is at most 23'],
  ['2027-12-31T23:59:60Z', 'an hour is at most 23'],
  ['2027-12-31T23:59:00+24:00', 'an hour is at most 23'],
])('%s is refused: %s', (text, advice) => {
  expect(() => parseInstant(text, '/startAt')).toThrow(`/startAt is not a time: ${advice}`);
});

test('an error carries its code and place', () => {
  expect(() => parseInstant('', '/rollout/startAt')).toThrow(
    expect.objectContaining({ code: 'bad-request', details: { path: '/rollout/startAt' } }),
  );
});

test('parses every time that Date writes', () => {
  const times = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (time) => {
      expect(parseInstant(time.toISOString(), '')).toBe(time.getTime());
    }),
  );
});
