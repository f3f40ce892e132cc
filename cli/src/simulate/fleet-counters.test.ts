import { expect, test } from 'vitest';
import {
  addSample,
  countEvent,
  type FleetEvent,
  fleetLine,
  NO_COUNTERS,
  ratePerSecond,
  type Sample,
} from './fleet-counters.js';
import { reportedDocument } from './reported.js';

test('each event increments its counter', () => {
  const events: FleetEvent[] = [
    'connected',
    'received',
    'applied',
    'received',
    'failed',
    'reported',
    'dropped',
    'problem',
  ];
  const counters = events.reduce(countEvent, NO_COUNTERS);
  expect(counters).toEqual({ applied: 1, failed: 1, messages: 5, connections: 1, drops: 1, problems: 1 });
});

test('the rate covers the last seconds', () => {
  let samples: readonly Sample[] = [];
  for (let second = 0; second <= 60; second += 1) {
    samples = addSample(samples, { atMs: second * 1_000, messages: second < 50 ? 0 : (second - 50) * 20 });
  }
  expect(ratePerSecond(samples)).toBe(20);
  expect(samples.length).toBeLessThan(10);
});

test.each([[[]], [[{ atMs: 1, messages: 5 }]]])('%j has no rate yet', (samples) => {
  expect(ratePerSecond(samples)).toBe(0);
});

test('the line has all counters', () => {
  const line = fleetLine(
    { devices: 9, connected: 8, inSync: 7 },
    { ...NO_COUNTERS, applied: 6, failed: 5, messages: 4 },
    3.4,
  );
  expect(line).toBe('9 devices: 8 connected, 7 in sync, 6 applied, 5 failed, 4 messages, 3/s');
});

test('a device reports the applied properties; measurements take precedence', () => {
  const vitals = { battery: 50, isCharging: false, temperature: 21.5 };
  expect(reportedDocument('1.0', { speed: 3, battery: 'full' }, vitals)).toEqual({
    firmware: '1.0',
    speed: 3,
    battery: 50,
    temperature: 21.5,
  });
  expect(reportedDocument('1.0', { firmware: '2.0' }, vitals).firmware).toBe('2.0');
});
