import type { JsonObject } from '@muster/twin';
import { expect, test } from 'vitest';
import type { DeviceState } from '../storage/storage.js';
import { startState, step, storedState } from './device-state.js';

const one = { version: 1, document: { a: 1 } };

test('keeps every interrupted document, however often the process ends', () => {
  const begun = { device: 'd', held: one, handled: one, reports: [] };
  const documents: JsonObject[] = [{ b: 1 }, { c: { d: 1 } }, { c: { e: 1 } }];
  const stored = documents.reduce<DeviceState>((state, document, index) => {
    const started = { ...startState('d', 'q-', state), held: { version: index + 2, document } };
    return storedState(step(started, { kind: 'handler-added' }).state);
  }, begun);
  const started = { ...startState('d', 'r-', stored), held: { version: 9, document: { a: 5 } } };
  const { state, effects } = step(started, { kind: 'handler-added' });
  expect(effects.at(-1)).toMatchObject({ kind: 'call-handlers', patch: { a: 5, b: null, c: null } });
  expect(storedState(step(state, { kind: 'handled' }).state).interrupted).toBeUndefined();
});

test('keeps a bounded number of interrupted documents, and every member of any of them', () => {
  let stored: DeviceState = { device: 'd', held: one, handled: one, reports: [] };
  for (let version = 2; version < 40; version += 1) {
    const started = { ...startState('d', 'q-', stored), held: { version, document: { [`n${version}`]: 1 } } };
    stored = storedState(step(started, { kind: 'handler-added' }).state);
  }
  expect(stored.interrupted?.length).toBe(16);
  const { effects } = step(startState('d', 'r-', stored), { kind: 'handler-added' });
  const patch = (effects.at(-1) as { patch: JsonObject }).patch;
  expect(Object.keys(patch)).toEqual(expect.arrayContaining(['n2', 'n20', 'n38']));
});
