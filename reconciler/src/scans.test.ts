import { FakeClock } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { Scans } from './scans.js';
import { turns } from './testing/index.js';

function scansOf(scan: (due: ReadonlySet<string>) => Promise<void>) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const scans = new Scans<string>({ clock, log: (_level, message) => void logged.push(message), scan });
  return { clock, logged, scans };
}

test('what comes up while a scan runs shares the next one', async () => {
  const seen: string[][] = [];
  const { scans } = scansOf(async (due) => {
    seen.push([...due]);
    await turns(1);
  });
  for (const key of ['a', 'b', 'c', 'b', 'a']) scans.add(key);
  expect(scans.isIdle).toBe(false);
  await scans.idle();
  expect(seen).toEqual([['a'], ['b', 'c', 'a']]);
  expect(scans.isIdle).toBe(true);
});

test('what comes up at the very end of a scan is scanned for too', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks += 1) {
    const seen: string[] = [];
    const { scans } = scansOf(async (due) => void seen.push(...due));
    scans.add('a');
    expect(scans.isDue('a')).toBe(true);
    for (let n = 0; n < microtasks; n += 1) await Promise.resolve();
    scans.add('b');
    await turns(2);
    expect([seen, scans.isIdle, scans.isDue('a'), scans.isDue('b')]).toEqual([['a', 'b'], true, false, false]);
  }
});

test('a scan that failed is made again later, together with what came up meanwhile', async () => {
  const seen: string[][] = [];
  let isBroken = true;
  const { scans, clock, logged } = scansOf(async (due) => {
    seen.push([...due]);
    if (isBroken) throw new Error('no disk');
  });
  scans.add('a');
  await scans.idle();
  scans.add('b');
  await scans.idle();
  expect(seen).toEqual([['a'], ['a', 'b']]);
  isBroken = false;
  clock.advance(10_000);
  await scans.idle();
  expect(seen.slice(2)).toEqual([['a', 'b']]);
  clock.advance(10_000);
  await scans.idle();
  expect(seen).toHaveLength(3);
  expect(logged).toHaveLength(2);
});

test('a stop waits for the scan that runs, and begins none after it', async () => {
  const seen: string[][] = [];
  const { scans, clock } = scansOf(async (due) => {
    await turns(2);
    seen.push([...due]);
    throw new Error('no disk');
  });
  scans.add('a');
  scans.add('b');
  await scans.stop();
  expect(seen).toEqual([['a']]);
  scans.add('c');
  clock.advance(10_000);
  await turns();
  expect(seen).toEqual([['a']]);
});
