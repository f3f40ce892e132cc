import { expect, test } from 'vitest';
import { isTimezone } from './timezone.js';

test.each(['Europe/Prague', 'UTC', 'Asia/Kathmandu', 'Asia/Katmandu', 'america/new_york', 'Etc/GMT+5', 'CET'])(
  '%s is a zone',
  (zone) => {
    expect(isTimezone(zone)).toBe(true);
  },
);

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
])('%j is not a time zone', (text) => {
  expect(isTimezone(text)).toBe(false);
});
