import type { ConfigurationCounts } from '@muster/api';
import { FakeClock } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { deviceRecord } from '../testing/index.js';
import { StatusCounter } from './status-counter.js';
import { StatusPublisher } from './status-publisher.js';

function newsOf(stored: (id: string) => boolean = () => true) {
  const clock = new FakeClock();
  const counter = new StatusCounter();
  const told: [string, ConfigurationCounts | undefined][] = [];
  const status = (id: string) => (stored(id) ? counter.status(id) : undefined);
  const news = new StatusPublisher({ clock, counter, status });
  const listen = () => news.listen((...one) => told.push(one));
  const ids = () => told.splice(0).map(([id]) => id);
  return { clock, news, told, listen, ids };
}

const having = (id: string, configuration: string) =>
  deviceRecord({
    id,
    configurations: [{ id: configuration, generation: 1, created: 1, since: 1, applied: true, overridden: false }],
  });

test('many changes at once are published once, with the last counts', () => {
  const { clock, news, told, listen } = newsOf();
  listen();
  for (let n = 0; n < 50; n += 1) news.change(undefined, having(`d-${n}`, 'c'));
  expect(told).toEqual([]);
  clock.advance(1_000);
  expect(told).toEqual([['c', expect.objectContaining({ matched: 50, applied: 50 })]]);
  clock.advance(1_000);
  expect(told).toHaveLength(1);
});

test('a configuration without matching devices is published, and a deleted one as undefined', () => {
  const { clock, news, told, listen } = newsOf((id) => id === 'here');
  listen();
  news.statusChanged('here');
  news.statusChanged('gone');
  clock.advance(1_000);
  expect(told).toEqual([
    ['here', expect.objectContaining({ matched: 0 })],
    ['gone', undefined],
  ]);
});

test('a late listener gets what changed before it listened', () => {
  const { clock, news, listen, ids } = newsOf();
  news.statusChanged('a');
  clock.advance(1_000);
  listen();
  clock.advance(1_000);
  expect(ids()).toEqual(['a']);
});

test('each listener is called until it is cancelled, even if both are one function', () => {
  const { clock, news, ids } = newsOf();
  const seen: string[] = [];
  const listener = (id: string) => void seen.push(id);
  const [leave] = [news.listen(listener), news.listen(listener)];
  news.statusChanged('a');
  clock.advance(1_000);
  leave?.();
  news.statusChanged('b');
  clock.advance(1_000);
  expect([seen, ids()]).toEqual([['a', 'a', 'b'], []]);
});

test('thousands of configurations are published in batches', () => {
  const { clock, news, told, listen } = newsOf();
  listen();
  for (let n = 0; n < 2_000; n += 1) news.statusChanged(`c-${n}`);
  clock.advance(100);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(1_000);
  clock.advance(10_000);
  expect(new Set(told.map(([id]) => id)).size).toBe(2_000);
  expect(told).toHaveLength(2_000);
});

test('after a stop no listener is called', () => {
  const { clock, news, told, listen } = newsOf();
  listen();
  news.statusChanged('a');
  news.stop();
  clock.advance(1_000);
  expect(told).toEqual([]);
});
