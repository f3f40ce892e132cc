import type { JsonObject } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../language/condition.js';
import { parseCondition } from '../parse/parse.js';
import type { ConditionIndex } from './condition-index.js';
import { KeyIndex } from './key-index.js';
import { ScanIndex } from './scan-index.js';

const subject: Subject = { id: 'd', name: 'd', tags: { region: 'eu' }, reported: {} };

const implementations = [
  ['ScanIndex', <Key = string>(): ConditionIndex<Key> => new ScanIndex<Key>()],
  ['KeyIndex', <Key = string>(): ConditionIndex<Key> => new KeyIndex<Key>()],
] as const;

describe.each(implementations)('%s', (_, create) => {
  function indexOf(conditions: Readonly<Record<string, string>>): ConditionIndex {
    const index = create();
    for (const [key, text] of Object.entries(conditions)) index.add(key, parseCondition(text, 'target'));
    return index;
  }

  test('only conditions that are TRUE match', () => {
    const index = indexOf({
      yes: "device.tags.region = 'eu'",
      no: "device.tags.region = 'us'",
      unknown: 'device.tags.absent',
      all: '*',
    });
    expect(index.match(subject).sort()).toEqual(['all', 'yes']);
    expect(index.size).toBe(4);
  });

  test('a key has one condition, the last one', () => {
    const index = indexOf({ a: '*', b: '*' });
    index.add('a', parseCondition('false', 'target'));
    expect(index.match(subject)).toEqual(['b']);
    expect(index.size).toBe(2);
  });

  test('a removed condition no longer matches, and an unknown key is ignored', () => {
    const index = indexOf({ a: '*' });
    index.remove('b');
    expect(index.match(subject)).toEqual(['a']);
    index.remove('a');
    expect([index.match(subject), index.size]).toEqual([[], 0]);
  });

  test('keys may be of any type', () => {
    const index = create<number>();
    index.add(7, parseCondition('*', 'target'));
    expect(index.match(subject)).toEqual([7]);
  });

  test.each<[JsonObject, boolean]>([
    [{}, false],
    [{ battery: 5 }, true],
    [{ battery: null }, true],
    [{ battery: { cells: 4 } }, true],
    [{ temperature: 5 }, false],
    [{ net: { wifi: 5 } }, true],
    [{ net: { lan: 5 } }, false],
    [{ net: null }, true],
    [{ net: 5 }, true],
    [{ net: {} }, true],
    [{ net: { wifi: { strength: 5 } } }, true],
    [{ region: 'eu' }, false],
    [{ tags: { region: 'eu' } }, false],
  ])('a patch %j of reported is read: %s', (patch, isRead) => {
    const index = indexOf({
      a: 'device.reported.battery < 20',
      b: "NOT device.reported.net.wifi = 'x' OR device.tags.region = 'eu'",
    });
    expect(index.readsReported(patch)).toBe(isRead);
  });

  test('conditions that read no reported path are affected by no report', () => {
    expect(indexOf({ a: "device.tags.region = 'eu'", b: '*' }).readsReported({ battery: 5 })).toBe(false);
  });

  test('reported paths are watched as long as one condition reads them', () => {
    const index = create();
    const low = parseCondition('device.reported.battery.level < 20 OR device.reported.battery.level > 90', 'target');
    index.add('a', low);
    index.add('b', low);
    index.add('b', parseCondition('device.reported.fw = 1', 'target'));
    expect(index.readsReported({ battery: { level: 5 } })).toBe(true);
    expect(index.readsReported({ battery: 5 })).toBe(true);
    expect(index.readsReported({ temperature: 5 })).toBe(false);
    index.remove('a');
    index.remove('a');
    expect(index.readsReported({ battery: { level: 5 } })).toBe(false);
    expect(index.readsReported({ fw: 2 })).toBe(true);
    index.remove('b');
    expect(index.readsReported({ fw: 2 })).toBe(false);
  });
});
