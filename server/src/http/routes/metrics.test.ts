import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenApp, openApp } from '../../testing/open-app.js';

let open: OpenApp;
beforeAll(async () => {
  open = await openApp();
});
afterAll(() => open.close());

const metrics = async (): Promise<string> => (await open.ask('GET', '/metrics', { token: null })).text;

it('a number that can fall is a gauge, not an event of a counter', async () => {
  await open.ask('PUT', '/v1/devices/here', { json: { tags: { a: 1 } } });
  await expect.poll(metrics).toContain('# TYPE muster_reconciler_devices gauge\nmuster_reconciler_devices 1\n');
  await open.ask('DELETE', '/v1/devices/here');
  await expect.poll(metrics).toContain('\nmuster_reconciler_devices 0\n');
  await expect.poll(metrics).toContain('\nmuster_reconciler_queued 0\n');
  const text = await metrics();
  for (const [name, event] of [
    ['queued', 'queued'],
    ['devices', 'devices'],
    ['configurations', 'configurations'],
    ['scanned_configurations', 'scannedConfigurations'],
    ['watched_paths', 'watchedPaths'],
    ['unindexed_values', 'unindexedValues'],
    ['prepared_blocks', 'preparedBlocks'],
    ['paths_given_up', 'pathsGivenUp'],
  ]) {
    expect(text).toContain(`# TYPE muster_reconciler_${name} gauge\nmuster_reconciler_${name} 0\n`);
    expect(text).not.toContain(`event="${event}"`);
  }
  for (const name of ['indexed_paths', 'indexed_values']) {
    expect(text).toMatch(new RegExp(`^# TYPE muster_reconciler_${name} gauge\nmuster_reconciler_${name} \\d+$`, 'm'));
  }
});

it('a number that only rises is an event of its part', async () => {
  const text = await metrics();
  expect(text).toContain('# TYPE muster_reconciler_events_total counter');
  expect(text).toMatch(/^muster_reconciler_events_total\{event="reconciled"\} \d+$/m);
  expect(text).toContain('muster_broker_events_total{event="reports"} 7');
});
