import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from './change.js';
import { ChangeEncoder } from './encode-change.js';
import { timeText } from './time-text.js';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:~@-]{0,20}$/);
const patch = fc.dictionary(fc.string(), fc.jsonValue()).map((one) => JSON.parse(JSON.stringify(one)));
const at = fc.nat().map(timeText);
const version = fc.nat();

const change = fc.oneof(
  fc.record({ kind: fc.constant('reported'), device: id, data: fc.record({ version, patch, at }), sequence: version }),
  fc.record({
    kind: fc.constant('desired'),
    device: id,
    data: fc.record({ version, patch, at, configurations: fc.array(id) }),
    sequence: version,
  }),
  fc.record({
    kind: fc.constant('acknowledged'),
    device: id,
    data: fc.record({ version, status: fc.constant('failed'), error: fc.string(), at }),
    sequence: version,
  }),
) as fc.Arbitrary<Change>;

test('every change reads back equal', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      const encoder = new ChangeEncoder();
      const twice = [...changes, ...changes];
      expect(twice.map((one) => JSON.parse(encoder.encode(one)))).toEqual(twice);
    }),
    { numRuns: 500 },
  );
});
