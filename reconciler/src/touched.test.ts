import { FakeClock, makeDevice, openRegistry } from '@muster/registry/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BookEntry, bookEntry } from './configuration-book.js';
import { Fleet } from './fleet.js';
import { configurationRecord } from './testing/index.js';
import { touchedBy } from './touched.js';

/** Ten devices with `device.tags.n` from 0 to 9; half of them report something that nobody watches. */
async function fleetOf() {
  const fleet = new Fleet({ registry: await openRegistry(), clock: new FakeClock(), log: () => {} });
  const records = Array.from({ length: 10 }, (_, n) =>
    makeDevice({ id: `d-${n}`, tags: { n }, reported: n % 2 === 0 ? { on: true } : {} }),
  );
  for (const record of records) fleet.meet(record);
  fleet.complete();
  const touched = (...entries: (BookEntry | undefined)[]): string[] => {
    const { candidates, isTouched } = touchedBy(fleet, entries);
    const found = records.filter(({ id }) => candidates.has(id));
    return (candidates.isExact ? found : found.filter(isTouched)).map(({ id }) => id.slice(2));
  };
  return { touched };
}

const entry = (targetCondition: string, parts: object = {}): BookEntry =>
  bookEntry(configurationRecord({ id: 'c', targetCondition, ...parts }));
const low = entry('device.tags.n < 3');

test.each<[string, (BookEntry | undefined)[], string[]]>([
  ['a new configuration: all that match', [undefined, low], ['0', '1', '2']],
  ['a deleted one: all that matched', [low, undefined], ['0', '1', '2']],
  ['one that was disabled: all that matched', [low, entry('device.tags.n < 3', { enabled: false })], ['0', '1', '2']],
  ['one that was enabled: all that match', [entry('*', { enabled: false }), low], ['0', '1', '2']],
  ['an edited threshold: those who flip', [low, entry('device.tags.n < 5')], ['3', '4']],
  ['another condition: those who flip', [low, entry('device.tags.n >= 1')], ['0', '3', '4', '5', '6', '7', '8', '9']],
  ['nothing that anybody asks for', [low, entry('device.tags.n < 3', { description: 'why' })], []],
  [
    'condition and properties: all that match either',
    [low, entry('device.tags.n < 5', { sinceGeneration: 2, desiredProperties: { a: 2 } })],
    ['0', '1', '2', '3', '4'],
  ],
  [
    'deleted and made again: all that match either',
    [low, entry('device.tags.n > 8', { created: 9 })],
    ['0', '1', '2', '9'],
  ],
  [
    'edited twice: all that match any of the three',
    [low, entry('device.tags.n = 7'), entry('device.tags.n < 3')],
    ['0', '1', '2', '7'],
  ],
  [
    'what no index knows: those who flip are asked',
    [entry('device.reported.on'), entry('NOT device.reported.on')],
    ['0', '2', '4', '6', '8'],
  ],
])('%s', async (_what, entries, expected) => {
  const { touched } = await fleetOf();
  expect(touched(...entries)).toEqual(expected);
});

test('whatever the conditions of an edit, those who flip are those for whom the answer is another', async () => {
  const { touched } = await fleetOf();
  const condition = fc
    .tuple(fc.constantFrom('<', '>=', '=', '!='), fc.nat(9))
    .map(([sign, n]) => `device.tags.n ${sign} ${n}`);
  fc.assert(
    fc.property(condition, condition, (before, after) => {
      const [old, now] = [entry(before), entry(after)];
      const isTrue = ({ condition: one }: BookEntry, n: number): boolean =>
        one.test({ id: `d-${n}`, name: `d-${n}`, tags: { n }, reported: {} }) === true;
      const flipped = Array.from({ length: 10 }, (_, n) => n).filter((n) => isTrue(old, n) !== isTrue(now, n));
      expect(touched(old, now)).toEqual(flipped.map(String));
    }),
  );
});
