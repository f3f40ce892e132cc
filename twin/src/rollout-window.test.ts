import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './json.js';
import { parseRolloutWindow, type RolloutWindow, WEEKDAYS } from './rollout-window.js';

const written: JsonObject = { from: '01:00', to: '05:00', timezone: 'UTC' };
const parsed: RolloutWindow = {
  days: WEEKDAYS,
  fromMinutes: 60,
  toMinutes: 300,
  timezone: { kind: 'zone', zone: 'UTC' },
};

const parse = (value: Json): RolloutWindow => parseRolloutWindow({ value, path: '/window' });

describe('what an operator may write', () => {
  it.each<[string, JsonObject, Partial<RolloutWindow>]>([
    ['every day', {}, {}],
    ['some days, in the order of the week', { days: ['sun', 'mon', 'fri'] }, { days: ['mon', 'fri', 'sun'] }],
    ['across midnight', { from: '22:30', to: '04:15' }, { fromMinutes: 1_350, toMinutes: 255 }],
    ['to midnight', { from: '22:00', to: '24:00' }, { fromMinutes: 1_320, toMinutes: 1_440 }],
    ['whole days', { from: '00:00', to: '24:00' }, { fromMinutes: 0, toMinutes: 1_440 }],
  ])('%s', (_, members, expected) => {
    expect(parse({ ...written, ...members })).toEqual({ ...parsed, ...expected });
  });
});

describe('what is refused', () => {
  it.each<[string, Json, string, string, string]>([
    ['an unknown member', { ...written, day: ['sat'] }, 'bad-request', '/day', 'did you mean days?'],
    ['no day', { ...written, days: [] }, 'bad-request', '/days', 'leave it away for every day'],
    ['days as a text', { ...written, days: 'sat' }, 'malformed', '/days', 'write a list of days'],
    ['a day in capitals', { ...written, days: ['Sat'] }, 'bad-request', '/days/0', 'did you mean sat?'],
    ['a day in full', { ...written, days: ['saturday'] }, 'bad-request', '/days/0', 'write "mon" or "tue"'],
    ['a day by number', { ...written, days: ['sat', 7] }, 'malformed', '/days/1', 'wrong type'],
    ['a day twice', { ...written, days: ['sat', 'sun', 'sat'] }, 'bad-request', '/days/2', 'write "sat" once'],
    ['no beginning', { to: '05:00', timezone: 'UTC' }, 'malformed', '/from', 'is missing'],
    ['no end', { from: '05:00', timezone: 'UTC' }, 'malformed', '/to', 'is missing'],
    ['no zone', { from: '01:00', to: '05:00' }, 'malformed', '/timezone', 'write an IANA name'],
    ['an hour as a number', { ...written, from: 1 }, 'malformed', '/from', 'such as "01:00"'],
    ['one digit', { ...written, from: '1:00' }, 'bad-request', '/from', 'is no time of a day'],
    ['seconds', { ...written, from: '01:00:00' }, 'bad-request', '/from', 'is no time of a day'],
    ['minute 60', { ...written, to: '05:60' }, 'bad-request', '/to', 'is no time of a day'],
    ['a begin at 24:00', { ...written, from: '24:00' }, 'bad-request', '/from', 'write "00:00" to "23:59"'],
    ['an end after 24:00', { ...written, to: '24:01' }, 'bad-request', '/to', 'write "00:00" to "24:00"'],
    ['no time between', { ...written, to: '01:00' }, 'bad-request', '/to', '"00:00" to "24:00" for whole days'],
  ])('%s', (_, input, code, place, advice) => {
    const path = `/window${place}`;
    expect(() => parse(input)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(advice), details: { path } }),
    );
  });
});
