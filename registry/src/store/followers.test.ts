import { afterEach, beforeEach, expect, test } from 'vitest';
import { Followers } from './followers.js';

const turn = (): Promise<void> => new Promise((go) => setImmediate(go));

let listeners: NodeJS.UncaughtExceptionListener[] = [];
const uncaught: unknown[] = [];

beforeEach(() => {
  listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
});

afterEach(() => {
  process.removeAllListeners('uncaughtException');
  for (const listener of listeners) process.on('uncaughtException', listener);
  uncaught.length = 0;
});

test('a reader that throws stops neither the others nor the store, and its error is reported', async () => {
  const followers = new Followers();
  const fault = new Error('a bug');
  const woken: string[] = [];
  followers.follow(() => woken.push('first'));
  followers.follow(() => {
    throw fault;
  });
  followers.follow(() => woken.push('last'));
  followers.wake();
  await turn();
  expect([woken, uncaught]).toEqual([['first', 'last'], [fault]]);
});

test('a listener that throws stops neither the others nor the store, and its error is reported', async () => {
  const followers = new Followers();
  const fault = new Error('a bug');
  const called: string[] = [];
  followers.onCommit(() => {
    throw fault;
  });
  followers.onCommit(() => called.push('last'));
  followers.tell([]);
  expect(called).toEqual(['last']);
  await turn();
  expect(uncaught).toEqual([fault]);
});

test('a cancelled reader is not woken, not even by a wake-up that is queued', async () => {
  const followers = new Followers();
  const woken: string[] = [];
  const wake = (): number => woken.push('woken');
  const [cancel] = [followers.follow(wake), followers.follow(wake)];
  followers.wake();
  cancel();
  await turn();
  expect(woken).toHaveLength(1);
});
