import { type Json, type JsonObject, type RolloutTimezone, type RolloutWindow, WEEKDAYS } from '@muster/twin';
import { describe, expect, it, test } from 'vitest';
import { parseRollout } from './parse-rollout.js';

const written: JsonObject = { from: '01:00', to: '05:00', timezone: 'UTC' };
const parsed: RolloutWindow = {
  days: WEEKDAYS,
  fromMinutes: 60,
  toMinutes: 300,
  timezone: { kind: 'zone', zone: 'UTC' },
};

const parse = (window: Json) => parseRollout({ window }, '').window;
const parseZone = (timezone: string): RolloutTimezone | undefined => parse({ ...written, timezone })?.timezone;

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
    ['no day', { ...written, days: [] }, 'bad-request', '/days', 'write at least one item, or omit it'],
    ['days as a text', { ...written, days: 'sat' }, 'malformed', '/days', 'write a list of days'],
    ['a day in capitals', { ...written, days: ['Sat'] }, 'bad-request', '/days/0', 'did you mean sat?'],
    ['a day in full', { ...written, days: ['saturday'] }, 'bad-request', '/days/0', 'write "mon" or "tue"'],
    ['a day by number', { ...written, days: ['sat', 7] }, 'malformed', '/days/1', 'wrong type'],
    ['a day twice', { ...written, days: ['sat', 'sun', 'sat'] }, 'bad-request', '/days/2', 'write "sat" once'],
    ['no beginning', { to: '05:00', timezone: 'UTC' }, 'malformed', '/from', 'is missing'],
    ['no end', { from: '05:00', timezone: 'UTC' }, 'malformed', '/to', 'is missing'],
    ['no zone', { from: '01:00', to: '05:00' }, 'malformed', '/timezone', 'write an IANA name'],
    ['an hour as a number', { ...written, from: 1 }, 'malformed', '/from', 'such as "01:00"'],
    ['one digit', { ...written, from: '1:00' }, 'bad-request', '/from', 'has the wrong form'],
    ['seconds', { ...written, from: '01:00:00' }, 'bad-request', '/from', 'has the wrong form'],
    ['minute 60', { ...written, to: '05:60' }, 'bad-request', '/to', 'has the wrong form'],
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

test.each(['Europe/Prague', 'UTC', 'Asia/Kathmandu', 'Asia/Katmandu', 'america/new_york', 'Etc/GMT+5', 'CET'])(
  '%s is a zone',
  (zone) => {
    expect(parseZone(zone)).toEqual({ kind: 'zone', zone });
  },
);

test.each<[string, readonly string[]]>([
  ['device.tags.timezone', ['timezone']],
  ['device.tags.site.$zone_1', ['site', '$zone_1']],
  ["device.tags['time zone'].name", ['time zone', 'name']],
  ['device.tags["it\'s"]', ["it's"]],
  ["device.tags['a.b'][\"['c']\"]", ['a.b', "['c']"]],
])('%s is a tag', (text, path) => {
  expect(parseZone(text)).toEqual({ kind: 'tag', path });
});

test.each([
  '',
  'Europe/Pargue',
  '+01:00',
  '01:00',
  'local',
  'tags.timezone',
  'device.tags',
  'device.tags.',
  'device.tags.time-zone',
  'device.tags.1st',
  "device.tags['']",
  'device.tags.a b',
  'device.reported.timezone',
])('%j is neither', (text) => {
  expect(() => parseZone(text)).toThrow(
    expect.objectContaining({
      code: 'bad-request',
      message: expect.stringContaining('"Europe/Prague" or "UTC", or a tag such as "device.tags.timezone"'),
      details: { path: '/window/timezone' },
    }),
  );
});

test('a name longer than any time zone is refused', () => {
  expect(() => parseZone(`device.tags.${'a'.repeat(250)}`)).toThrow(
    expect.objectContaining({
      code: 'bad-request',
      message: expect.stringContaining('write at most 256 characters'),
      details: { path: '/window/timezone' },
    }),
  );
});
