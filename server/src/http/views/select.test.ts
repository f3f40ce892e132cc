import type { DeviceView } from '@muster/api';
import { deviceView } from '@muster/registry';
import { OPERATOR, openRegistry } from '@muster/registry/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { applySelect, parseSelect } from './select.js';

const TAGS = { region: 'eu', 'a b': 1, "it's": 2, net: { a: 1, b: { c: 2 } }, constructor: 3, ü: 4, 7: 5 };

let view: DeviceView;
beforeAll(async () => {
  const registry = await openRegistry();
  const { record } = await registry.devices.register(OPERATOR, 'd', { tags: TAGS });
  view = deviceView(record);
});

describe('select', () => {
  it.each<[text: string, item: unknown]>([
    ['id', { id: 'd' }],
    ['name,desiredVersion', { name: 'd', desiredVersion: 0 }],
    ['tags.region', { tags: { region: 'eu' } }],
    [' tags.region , tags.net.a ', { tags: { region: 'eu', net: { a: 1 } } }],
    ['tags[\'a b\'],tags["a b"]', { tags: { 'a b': 1 } }],
    ["tags['it\\'s']", { tags: { "it's": 2 } }],
    ['tags.ü,tags.7', { tags: { ü: 4, 7: 5 } }],
    ['tags.net.b.c,tags.net', { tags: { net: { a: 1, b: { c: 2 } } } }],
    ['tags.net,tags.net.b.c', { tags: { net: { a: 1, b: { c: 2 } } } }],
    ['tags.constructor,tags.toString,tags.__proto__.x', { tags: { constructor: 3 } }],
    ['tags.region.deeper,reported.fw,lastSeenAt,problem.code', {}],
  ])('%s gives %o', (text, item) => {
    expect(applySelect(view, parseSelect(text))).toEqual(item);
  });

  it('never changes the twin it is applied to', () => {
    const before = structuredClone(view);
    applySelect(view, parseSelect('tags.net,tags.region,tags.net.b.c'));
    expect(view).toEqual(before);
  });

  it.each([
    '',
    ',',
    'id,',
    ',id',
    'secret',
    'credential',
    'id.x',
    'tags.',
    'tags..a',
    'tags.a-b',
    'tags[a]',
    "tags['a",
    'tags a',
    '__proto__',
    'toString',
    "['id']",
    Array(102).fill('id').join(','),
  ])('%o is refused as bad-request', (text) => {
    expect(() => parseSelect(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});
