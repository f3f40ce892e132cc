import { DeviceIndex, parseCondition } from '@muster/conditions';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { DeviceWalk } from './device-walk.js';

async function open(ids: readonly string[]) {
  const registry = await openRegistry();
  for (const id of ids) await registry.devices.register(OPERATOR, id, {});
  const visited: string[] = [];
  const walk = new DeviceWalk({ registry, clock: new FakeClock() });
  return { walk, visited, visit: ({ id }: { readonly id: string }) => void visited.push(id) };
}

test('all devices come once, the connected ones first', async () => {
  const { walk, visited, visit } = await open(['a', 'b', 'c', 'd']);
  expect(await walk.connectedFirst(new Set(['d', 'b']), visit)).toBe(true);
  expect(visited).toEqual(['d', 'b', 'a', 'c']);
});

test('a device that is gone is passed over', async () => {
  const { walk, visited, visit } = await open(['a']);
  await walk.connectedFirst(new Set(['gone']), visit);
  await walk.of(['gone', 'a', undefined], visit);
  expect(visited).toEqual(['a', 'a']);
});

test('a device that connects, disconnects or comes back during the walk is visited once', async () => {
  const others = Array.from({ length: 70 }, (_, n) => `c-${n}`);
  const { walk, visited } = await open(['a', 'b', 'c', 'd', 'e', ...others]);
  const connected = new Set(['b', 'c', ...others]);
  await walk.connectedFirst(connected, ({ id }) => {
    visited.push(id);
    if (id === 'b') {
      connected.delete('b');
      connected.delete('c');
      connected.add('d');
      connected.add('b');
    }
    if (id === 'a') connected.add('e');
  });
  expect(visited.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', ...others].toSorted());
});

test('many ids are visited in their order', async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `d-${(n * 7) % 200}`);
  const { walk, visited, visit } = await open(ids);
  expect(await walk.of(ids, visit)).toBe(true);
  expect(visited).toEqual(ids);
});

test.each<[what: string, condition: string, expected: (ids: readonly string[]) => readonly string[]]>([
  ['the candidates', "STARTS_WITH(device.id, 'd-1')", (ids) => ids.filter((id) => id.startsWith('d-1'))],
  ['all devices if the candidates are most of them', "device.id != 'd-1150'", (ids) => ids],
])('a walk over %s begins after an id', async (_, text, expected) => {
  const ids = Array.from({ length: 1_200 }, (_, n) => `d-${String(n).padStart(4, '0')}`);
  const { walk, visited, visit } = await open(ids);
  const index = new DeviceIndex();
  for (const id of ids) index.change(undefined, { id, name: id, tags: {}, reported: {} });
  const condition = parseCondition(text, 'target');
  expect(await walk.found(index.find(condition), visit, 'd-1100')).toBe(true);
  expect(visited).toEqual(expected(ids).filter((id) => id > 'd-1100'));
});

test.each(['of', 'all', 'connectedFirst'] as const)(
  '%s ends where a visit returns false, or resolves to it',
  async (verb) => {
    const ids = ['a', 'b', 'c'];
    for (const end of [false, Promise.resolve(false)]) {
      const { walk, visited } = await open(ids);
      const visit = ({ id }: { readonly id: string }) => {
        visited.push(id);
        return id === 'b' ? end : undefined;
      };
      const walked = verb === 'all' ? walk.all(visit) : walk[verb](new Set(ids), visit);
      expect([await walked, visited]).toEqual([false, ['a', 'b']]);
    }
  },
);
