import { expect, test } from 'vitest';
import { RECONCILER } from '../record/actor.js';
import { openRegistry } from '../testing/index.js';
import { OPERATOR } from '../testing/operator.js';

test('each oscillating configuration gets an event with the others, deleted ones do not, and nothing else changes', async () => {
  const registry = await openRegistry();
  for (const id of ['a', 'b'])
    await registry.configurations.put(OPERATOR, id, { targetCondition: '*', desiredProperties: {} });
  const [before, { head }] = [await registry.configurations.read('a'), await registry.changeLog.read(0, 0)];
  await registry.configurations.noteOscillation(RECONCILER, { configurations: ['a', 'b', 'gone'], device: 'd' });
  const { changes } = await registry.changeLog.read(head, 10);
  const events = changes.map((change) =>
    change.kind === 'configuration' ? [change.configuration, change.data] : change,
  );
  const data = { change: 'quarrelled', generation: 1, onDevice: 'd', at: expect.any(String) };
  expect(events).toEqual([
    ['a', { ...data, with: ['b', 'gone'] }],
    ['b', { ...data, with: ['a', 'gone'] }],
  ]);
  expect(await registry.configurations.read('a')).toEqual(before);
});

test('a configuration that excludes itself oscillates alone', async () => {
  const registry = await openRegistry();
  await registry.configurations.put(OPERATOR, 'a', { targetCondition: '*', desiredProperties: {} });
  await registry.configurations.noteOscillation(RECONCILER, { configurations: ['a'], device: 'd' });
  const { changes } = await registry.changeLog.read(1, 10);
  expect(changes).toMatchObject([{ configuration: 'a', data: { change: 'quarrelled', with: [] } }]);
});
