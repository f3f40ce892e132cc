import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { stopOnSignal } from './stop-on-signal.js';

/** The part of a process that takes part in stopping. */
class Target extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function setUp(stop: () => Promise<void>) {
  const [target, failures]: [Target, unknown[]] = [new Target(), []];
  stopOnSignal(target as unknown as NodeJS.Process, stop, (error) => failures.push(error));
  return { target, failures };
}

it.each(['SIGTERM', 'SIGINT'])('%s stops in order and exits with 0, once', async (signal) => {
  const stop = vi.fn(async () => {});
  const { target } = setUp(stop);
  target.emit(signal);
  target.emit(signal);
  await expect.poll(() => target.exits).toEqual([0]);
  expect(stop).toHaveBeenCalledOnce();
});

it('a later second signal exits at once', () => {
  vi.useFakeTimers();
  const { target } = setUp(() => new Promise(() => {}));
  target.emit('SIGTERM');
  vi.advanceTimersByTime(2_000);
  target.emit('SIGINT');
  vi.useRealTimers();
  expect(target.exits).toEqual([1]);
});

it('a failing stop is reported', async () => {
  const { target, failures } = setUp(() => Promise.reject(new Error('broken')));
  target.emit('SIGTERM');
  await expect.poll(() => failures).toHaveLength(1);
  expect(target.exits).toEqual([]);
});
