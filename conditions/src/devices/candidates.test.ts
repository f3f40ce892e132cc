import type { JsonObject } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { Subject, SubjectPath } from '../language/condition.js';
import { parseCondition } from '../parse/parse.js';
import { pageOf } from '../testing/page-of.js';
import { DeviceIndex } from './device-index.js';

const parsed = (text: string) => parseCondition(text, 'target');
const device = (id: string, tags: JsonObject = {}, reported: JsonObject = {}): Subject => ({
  id,
  name: id,
  tags,
  reported,
});
const idOf = (n: number) => `d-${String(n).padStart(6, '0')}`;
const numbered = (count: number) => Array.from({ length: count }, (_, n) => device(idOf(n), { n }));

const idsOf = (walk: Iterable<string | undefined>) => [...walk].filter((id) => id !== undefined);

/** Without ending the walk. */
function nextOf(walk: Iterator<string | undefined, unknown>): string | undefined {
  let next = walk.next();
  while (!next.done && next.value === undefined) next = walk.next();
  return next.done ? undefined : next.value;
}

function indexOf(devices: Iterable<Subject>): DeviceIndex {
  const index = new DeviceIndex();
  for (const one of devices) index.change(undefined, one);
  return index;
}

describe('a change', () => {
  const [one, other] = [device('a', { x: 1 }), device('a', { x: 2 })];

  test.each<[string, Subject | undefined, Subject | undefined, RegExp]>([
    ['adds a device that is there', undefined, other, /a was there before/],
    ['changes a device that is not there', device('b'), device('b'), /b was not there before/],
    ['makes another device of it', one, device('b'), /b was not there before/],
    ['removes a value that is not there', device('a', { y: 1 }), device('a'), /the removed value at y was not indexed/],
    ['removes a value of another type', device('a', { x: 'text' }), device('a'), /the removed value was not indexed/],
  ])('that %s is a bug', (_, before, after, message) => {
    expect(() => indexOf([one]).change(before, after)).toThrow(message);
  });

  test('may be repeated if it changes nothing', () => {
    const index = indexOf([one]);
    index.change(one, { ...one });
    index.change(one, undefined);
    index.change(one, undefined);
    index.change(undefined, undefined);
    expect(index.counters).toMatchObject({ devices: 0, paths: 0, values: 0 });
  });

  test('of the name alone is a change', () => {
    const index = indexOf([one, device('b')]);
    index.change(one, { ...one, name: 'lamp' });
    expect([...index.find(parsed("STARTS_WITH(device.name, 'la')")).ids()]).toEqual(['a']);
    expect([...index.find(parsed("device.name = 'b'")).ids()]).toEqual(['b']);
    index.change({ ...one, name: 'lamp' }, one);
    expect([...index.find(parsed("device.name <= 'a'")).ids()]).toEqual(['a']);
  });
});

describe('candidates are a snapshot', () => {
  test.each<[string, number]>([
    ['few, which are sorted', 10],
    ['many, which are walked over in order', 700],
  ])('%s: removed devices are left out, and so are devices that reuse their numbers', (_, below) => {
    const devices = numbered(1_000);
    const index = indexOf(devices);
    const found = index.find(parsed(`device.tags.n < ${below}`));
    const walks = [found.ids(), found.walk(), found.walkInOrder()];
    const first = walks.map((walk) => nextOf(walk));
    for (const one of devices.slice(2, 8)) index.change(one, undefined);
    for (const n of [1, 2, 3]) index.change(undefined, device(`a-${n}`, { n: 1 }));
    const expected = devices
      .slice(0, below)
      .filter((_one, at) => at < 2 || at >= 8)
      .map(({ id }) => id);
    for (const [at, walk] of walks.entries()) expect([first[at], ...idsOf(walk)]).toEqual(expected);
    expect([found.has('a-1'), found.has('d-000002'), found.has('d-000001')]).toEqual([false, false, true]);
    expect(idsOf(index.find(parsed(`device.tags.n < ${below}`)).walkInOrder())).toEqual([
      'a-1',
      'a-2',
      'a-3',
      ...expected,
    ]);
  });

  test('pages follow each other, even if devices are removed between them', () => {
    const devices = numbered(1_000);
    const index = indexOf(devices);
    const ids: string[] = [];
    for (let page = ['']; page.length > 0; ids.push(...page)) {
      page = pageOf(index.find(parsed('*')), ids.at(-1), 300);
      const last = devices.find(({ id }) => id === page.at(-1));
      if (last) index.change(last, undefined);
    }
    expect(ids).toEqual(devices.map(({ id }) => id));
  });
});

describe('a walk over very many says when it may pause', () => {
  const devices = 120_000;
  const restOf = (n: number) => Math.ceil((devices - n) / 1_000) * 1_000;
  const index = indexOf(
    Array.from({ length: devices }, (_, n) => ({ ...device(idOf(n), { rest: restOf(n) }), name: `lamp-${n}` })),
  );
  /** How often it did so before each id that it yields, and after the last one. */
  const pausesOf = (walk: Iterable<string | undefined>): number[] => {
    const pauses = [0];
    for (const id of walk) {
      if (id === undefined) pauses[pauses.length - 1] = (pauses.at(-1) as number) + 1;
      else pauses.push(0);
    }
    return pauses;
  };

  test.each<[string, string, number]>([
    ['where none passes its test', "CONTAINS(device.name, 'nope')", 0],
    ['where one at the end does', "ENDS_WITH(device.name, '-119999')", 1],
    ['where what is tested is what LOWER makes of it', "LOWER(device.name) = 'lamp-119999'", 1],
  ])('%s', (_, text, count) => {
    const found = index.find(parsed(text));
    expect(found.isCounted).toBe(false);
    for (const walk of [found.walk(), found.walkInOrder()]) {
      const pauses = pausesOf(walk);
      expect(pauses).toHaveLength(count + 1);
      expect(pauses[0]).toBeGreaterThanOrEqual(Math.floor(devices / 512));
    }
  });

  test.each<[string, number, number]>([
    ['few, which are put in order', 6_000, 6_000 / 2_048],
    ['many, after all those that come before them', 12_000, (devices - 12_000) / 256],
  ])('where many devices are found: %s', (_, count, pausesMin) => {
    const found = index.find(parsed(`device.tags.rest <= ${count}`));
    const ids = Array.from({ length: count }, (_, n) => idOf(devices - count + n));
    expect([found.isCounted, found.sizeMax, idsOf(found.walk()).sort()]).toEqual([true, count, ids]);
    expect(idsOf(found.walkInOrder())).toEqual(ids);
    expect(idsOf(found.walkInOrder('d-118000'))).toEqual(ids.filter((id) => id > 'd-118000'));
    expect(pausesOf(found.walkInOrder())[0]).toBeGreaterThanOrEqual(Math.floor(pausesMin));
  });
});

describe('a threshold that is edited', () => {
  const held = () => {
    const devices = numbered(100);
    const index = indexOf(devices);
    for (const { id } of devices.slice(51)) index.mark(id, 'held');
    return index;
  };

  test('affects the devices between the old and the new', () => {
    const turned = held().mismatched('held', parsed('device.tags.n > 53'));
    expect([turned.isExact, turned.sizeMax, pageOf(turned, undefined, 9)]).toEqual([
      true,
      3,
      ['d-000051', 'd-000052', 'd-000053'],
    ]);
  });

  test('that cannot be looked up leaves all devices to verify', () => {
    const turned = held().mismatched('held', parsed('device.reported.n > 53'));
    expect([turned.isExact, turned.sizeMax]).toEqual([false, 100]);
  });

  test('marking an unknown device and unmarking an unmarked one are bugs', () => {
    const index = held();
    expect(() => index.mark('absent', 'held')).toThrow('absent is not there');
    expect(() => index.unmark('d-000001', 'held')).toThrow('d-000001 is not marked held');
    expect(() => index.unmark('d-000060', 'other')).toThrow('d-000060 is not marked other');
    expect([...index.marked('other').ids()]).toEqual([]);
  });
});

describe('a watched path', () => {
  const path: SubjectPath = ['reported', 'n'];
  const condition = parsed('device.reported.n > 1');
  const state = (index: DeviceIndex) => {
    const { isExact, sizeMax, plan } = index.find(condition);
    return [isExact, sizeMax, plan?.root.reason];
  };

  test('is used after every device was filled in, until it is unwatched', () => {
    const devices = [1, 2, 3].map((n) => device(`d-${n}`, {}, { n }));
    const index = indexOf(devices);
    expect(state(index)).toEqual([false, 3, 'device.reported.n is not watched']);
    expect([index.watchReported(path), index.watchReported(path), index.completed(path)]).toEqual([true, false, false]);
    for (const one of devices.slice(0, 2)) index.fill(path, one);
    expect([index.completed(path), ...state(index)]).toEqual([
      false,
      false,
      3,
      'device.reported.n is still being indexed',
    ]);
    index.change(undefined, device('d-4', {}, { n: 4 }));
    index.fill(path, device('d-3', {}, { n: 3 }));
    expect([index.completed(path), ...state(index)]).toEqual([true, true, 3, undefined]);
    index.unwatchReported(path);
    expect(state(index)[0]).toBe(true);
    index.unwatchReported(path);
    expect([index.completed(path), ...state(index)]).toEqual([false, false, 4, 'device.reported.n is not watched']);
    expect(index.counters).toMatchObject({ watched: 0, values: 0 });
    expect(() => index.unwatchReported(path)).toThrow('is not watched');
  });

  test('prefers a change to an older state that is filled in later', () => {
    const [old, now] = [device('d', {}, { n: 1 }), device('d', {}, { n: 2 })];
    const index = indexOf([old]);
    index.watchReported(path);
    index.change(old, now);
    index.fill(path, old);
    expect([index.completed(path), ...state(index)]).toEqual([true, true, 1, undefined]);
  });

  test('lies below reported', () => {
    for (const one of [['tags', 'a'], ['reported'], ['name']] as const) {
      expect(() => new DeviceIndex().watchReported(one)).toThrow('only paths below reported are watched');
    }
  });
});

test('very many values have an order after it was prepared, even if devices change meanwhile', () => {
  const devices = numbered(50_002);
  const index = indexOf(devices);
  const condition = parsed('device.tags.n >= 49990 AND device.tags.n < 60000');
  expect(index.find(condition)).toMatchObject({ isExact: false, sizeMax: 50_002 });
  let steps = 0;
  for (const _ of index.prepare(condition)) {
    if (steps === 10) for (const n of [50_500, 2, -1]) index.change(undefined, device(`late-${n}`, { n }));
    if (steps === 20) for (const at of [3, 49_991, 49_999]) index.change(devices[at], undefined);
    steps += 1;
  }
  expect(steps).toBeGreaterThan(100);
  const expected = devices
    .slice(49_990)
    .filter((_, at) => at !== 1 && at !== 9)
    .map(({ id }) => id);
  const found = index.find(condition);
  expect([found.isExact, pageOf(found, undefined, 99)]).toEqual([true, [...expected, 'late-50500']]);
  expect([...index.prepare(condition)]).toEqual([]);
});

test('a preparation is kept until its release, even if another query runs first', () => {
  const index = indexOf(numbered(20_000));
  const [one, other] = [parsed('device.tags.n < 6000 OR device.tags.n > 9000'), parsed('device.tags.n < 5000')];
  const preparations = [one, other].map((condition) => index.prepare(condition));
  for (const preparation of preparations) for (const _ of preparation);
  const { prepared } = index.counters;
  expect(prepared).toBeGreaterThan(30);
  expect([other, one, one].map((condition) => index.find(condition).sizeMax)).toEqual([5_000, 16_999, 16_999]);
  expect(index.counters.prepared).toBe(prepared);
  for (const preparation of preparations) preparation.release();
  expect([index.counters.prepared, index.find(one).sizeMax]).toEqual([0, 16_999]);
});
