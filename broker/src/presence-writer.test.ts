import { FakeClock } from '@muster/registry/testing';
import { TwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import { PresenceWriter } from './presence-writer.js';

/** A registry whose writes end when the test says so. */
function world() {
  const clock = new FakeClock();
  const calls: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const setPresence = (_actor: unknown, device: string, { connected }: { connected: boolean }): Promise<void> => {
    calls.push(`${device} ${connected ? 'in' : 'out'}`);
    return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
  };
  const logged: string[] = [];
  const log = (_level: string, message: string): void => void logged.push(message);
  const presences = new PresenceWriter({ registry: { devices: { setPresence } }, clock, log });
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, calls, logged, presences, end };
}

const broken = new TwinError('unavailable', 'no disk');

test('writes for one device run in order, writes for several devices in parallel', async () => {
  const { calls, presences, end } = world();
  presences.mark('d', { connected: true });
  presences.mark('d', { connected: false });
  presences.mark('d', { connected: true });
  presences.mark('e', { connected: true });
  expect(calls).toEqual(['d in', 'e in']);
  await end();
  expect(calls).toEqual(['d in', 'e in', 'd out']);
  await end();
  await end();
  expect(calls).toEqual(['d in', 'e in', 'd out', 'd in']);
});

test('failed writes are retried with the newest state, and logged once', async () => {
  const { calls, clock, logged, presences, end } = world();
  presences.mark('d', { connected: true });
  presences.mark('d', { connected: false });
  presences.mark('e', { connected: true });
  presences.mark('f', { connected: true });
  await end(broken);
  await end(broken);
  await end(broken);
  presences.mark('f', { connected: false });
  await end();
  expect([calls.splice(0), logged.length]).toEqual([['d in', 'e in', 'f in', 'f out'], 1]);
  clock.advance(1_000);
  expect(calls).toEqual(['d out', 'e in']);
});

test('a stop waits for the writes in progress, and retries none', async () => {
  const { calls, clock, presences, end } = world();
  presences.mark('d', { connected: true });
  presences.mark('d', { connected: false });
  let isStopped = false;
  const stopping = presences.stop().then(() => {
    isStopped = true;
  });
  await end();
  expect(isStopped).toBe(false);
  await end(broken);
  await stopping;
  clock.advance(60_000);
  expect(calls).toEqual(['d in', 'd out']);
});
