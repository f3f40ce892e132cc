import { FakeClock } from '@muster/registry/testing';
import { expect, test } from 'vitest';
import { turns } from '../testing/index.js';
import { CoalescingJob } from './coalescing-job.js';

function jobOf(scan: (due: ReadonlySet<string>) => Promise<void>) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const done: [string[], boolean][] = [];
  const scans: CoalescingJob<string> = new CoalescingJob<string>({
    clock,
    log: (_level, message) => void logged.push(message),
    run: scan,
    done: (keys) => done.push([[...keys], [...keys].some((key) => scans.isDue(key))]),
  });
  return { clock, logged, scans, done };
}

test('keys added during a run share the next one', async () => {
  const seen: string[][] = [];
  const { scans } = jobOf(async (due) => {
    seen.push([...due]);
    await turns(1);
  });
  for (const key of ['a', 'b', 'c', 'b', 'a']) scans.add(key);
  expect(scans.isIdle).toBe(false);
  await scans.idle();
  expect(seen).toEqual([['a'], ['b', 'c', 'a']]);
  expect(scans.isIdle).toBe(true);
});

test('done gets the keys of a run, which are due only if they were added again', async () => {
  let isBroken = true;
  const { scans, clock, done } = jobOf(async (due) => {
    if (isBroken) throw new Error('no disk');
    if (due.has('again')) scans.add('again');
    await turns(1);
    isBroken = due.has('again');
  });
  scans.add('a');
  await scans.idle();
  expect([done, scans.isDue('a')]).toEqual([[], true]);
  isBroken = false;
  clock.advance(10_000);
  await scans.idle();
  expect(done.splice(0)).toEqual([[['a'], false]]);
  scans.add('again');
  await scans.idle();
  expect([done, scans.isDue('again')]).toEqual([[[['again'], true]], true]);
});

test('a key added at the very end of a run is not lost', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks += 1) {
    const seen: string[] = [];
    const { scans } = jobOf(async (due) => void seen.push(...due));
    scans.add('a');
    expect(scans.isDue('a')).toBe(true);
    for (let n = 0; n < microtasks; n += 1) await Promise.resolve();
    scans.add('b');
    await turns(2);
    expect([seen, scans.isIdle, scans.isDue('a'), scans.isDue('b')]).toEqual([['a', 'b'], true, false, false]);
  }
});

test('a failed run is retried later, together with new keys', async () => {
  const seen: string[][] = [];
  let isBroken = true;
  const { scans, clock, logged } = jobOf(async (due) => {
    seen.push([...due]);
    if (isBroken) throw new Error('no disk');
  });
  scans.add('a');
  await scans.idle();
  scans.add('b');
  await scans.idle();
  expect(seen).toEqual([['a'], ['a', 'b']]);
  expect([scans.isIdle, scans.isAnyDue]).toEqual([true, true]);
  isBroken = false;
  clock.advance(10_000);
  await scans.idle();
  expect(seen.slice(2)).toEqual([['a', 'b']]);
  expect(scans.isAnyDue).toBe(false);
  clock.advance(10_000);
  await scans.idle();
  expect(seen).toHaveLength(3);
  expect(logged).toHaveLength(2);
});

test('a stop waits for the run in progress and starts no other', async () => {
  const seen: string[][] = [];
  const { scans, clock } = jobOf(async (due) => {
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
