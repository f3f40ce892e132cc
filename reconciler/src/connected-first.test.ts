import { openRegistry } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { connectedFirst } from './connected-first.js';
import { collect } from './testing/index.js';

async function registryOf(ids: readonly string[]) {
  const registry = await openRegistry();
  for (const id of ids) await registry.register(id, {});
  return registry;
}

test('every device comes once, those that are connected first', async () => {
  const registry = await registryOf(['a', 'b', 'c', 'd']);
  const records = (await collect(connectedFirst(registry, new Set(['d', 'b']), 2))).flat();
  expect(records.map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c']);
});

test('a connected device that is gone is passed over', async () => {
  const registry = await registryOf(['a']);
  const records = (await collect(connectedFirst(registry, new Set(['gone'])))).flat();
  expect(records.map(({ id }) => id)).toEqual(['a']);
});

test('who connects, leaves or comes back while the fleet is read is met once', async () => {
  const registry = await registryOf(['a', 'b', 'c', 'd', 'e']);
  const connected = new Set(['b', 'c']);
  const met: string[] = [];
  for await (const [one] of connectedFirst(registry, connected, 1)) {
    if (!one) continue;
    const { id } = one;
    met.push(id);
    if (id === 'b') {
      connected.delete('b');
      connected.delete('c');
      connected.add('d');
      connected.add('b');
    }
    if (id === 'a') connected.add('e');
  }
  expect(met.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
});
