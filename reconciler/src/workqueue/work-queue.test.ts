import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cause, type Task, WorkQueue } from './work-queue.js';

function drain(queue: WorkQueue): Task[] {
  const tasks: Task[] = [];
  for (let task = queue.take(); task; task = queue.take()) tasks.push(task);
  return tasks;
}

test('an id waits once, however often it is added', () => {
  const queue = new WorkQueue();
  queue.add('a', 'change', false);
  queue.add('b', 'change', false);
  queue.add('a', 'change', false);
  expect(queue.size).toBe(2);
  expect(drain(queue).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('urgent ids leave first, and an id that becomes urgent moves forward', () => {
  const queue = new WorkQueue();
  for (const id of ['a', 'b', 'c']) queue.add(id, 'change', false);
  queue.add('d', 'change', true);
  queue.add('c', 'change', true);
  expect(drain(queue).map(({ id }) => id)).toEqual(['d', 'c', 'a', 'b']);
});

test('an urgent id stays urgent when it is added again without urgency', () => {
  const queue = new WorkQueue();
  queue.add('a', 'change', false);
  queue.add('b', 'change', true);
  queue.add('b', 'resync', false);
  expect(drain(queue)).toEqual([
    { id: 'b', cause: 'change' },
    { id: 'a', cause: 'change' },
  ]);
});

test('an id queued by a change or the start never counts for the resync', () => {
  const queue = new WorkQueue();
  queue.add('a', 'resync', false);
  queue.add('a', 'change', false);
  queue.add('b', 'change', false);
  queue.add('b', 'resync', true);
  queue.add('c', 'start', false);
  queue.add('c', 'resync', false);
  expect(drain(queue)).toEqual([
    { id: 'b', cause: 'change' },
    { id: 'a', cause: 'change' },
    { id: 'c', cause: 'start' },
  ]);
});

test('an id moves forward only while it waits, and keeps its cause', () => {
  const queue = new WorkQueue();
  queue.add('a', 'start', false);
  queue.add('b', 'start', false);
  queue.bringForward('b');
  queue.bringForward('c');
  expect(drain(queue)).toEqual([
    { id: 'b', cause: 'start' },
    { id: 'a', cause: 'start' },
  ]);
});

test('every id that was added leaves once, urgent ones before others', () => {
  const added = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.constantFrom<Cause>('change', 'start', 'resync'),
      fc.boolean(),
    ),
  );
  fc.assert(
    fc.property(added, (adds) => {
      const queue = new WorkQueue();
      for (const [id, cause, isUrgent] of adds) queue.add(id, cause, isUrgent);
      const urgent = new Set(adds.filter(([, , isUrgent]) => isUrgent).map(([id]) => id));
      const ids = drain(queue).map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(adds.map(([id]) => id)));
      expect(ids).toHaveLength(new Set(ids).size);
      expect(new Set(ids.slice(0, urgent.size))).toEqual(urgent);
    }),
  );
});
