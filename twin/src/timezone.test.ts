import { expect, test } from 'vitest';
import { isTimezone, parseTimezone, type RolloutTimezone } from './timezone.js';

const parse = (value: string): RolloutTimezone => parseTimezone({ value, path: '/timezone' });

test.each(['Europe/Prague', 'UTC', 'Asia/Kathmandu', 'Asia/Katmandu', 'america/new_york', 'Etc/GMT+5', 'CET'])(
  '%s is a zone',
  (zone) => {
    expect(isTimezone(zone)).toBe(true);
    expect(parse(zone)).toEqual({ kind: 'zone', zone });
  },
);

test.each<[string, readonly string[]]>([
  ['device.tags.timezone', ['timezone']],
  ['device.tags.site.$zone_1', ['site', '$zone_1']],
  ["device.tags['time zone'].name", ['time zone', 'name']],
  ['device.tags["it\'s"]', ["it's"]],
  ["device.tags['a.b'][\"['c']\"]", ['a.b', "['c']"]],
])('%s is a tag', (text, path) => {
  expect(parse(text)).toEqual({ kind: 'tag', path });
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
  `device.tags.${'a'.repeat(250)}`,
])('%j is neither', (text) => {
  expect(isTimezone(text)).toBe(false);
  expect(() => parse(text)).toThrow(
    expect.objectContaining({
      code: 'bad-request',
      message: expect.stringContaining('"Europe/Prague" or "UTC", or a tag such as "device.tags.timezone"'),
      details: { path: '/timezone' },
    }),
  );
});
