import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { diff } from '../json/merge-patch.js';
import { nullFreeDocuments } from '../testing/index.js';
import { type Held, receiveDesired } from './desired-message.js';

test('a device that takes messages in turn holds the same document as the server, repeated messages included', () => {
  const heard = fc.record({ document: nullFreeDocuments, whole: fc.boolean(), twice: fc.boolean() });
  fc.assert(
    fc.property(fc.array(heard, { maxLength: 8 }), (messages) => {
      let held: Held = { version: 0, document: {} };
      let current: JsonObject = {};
      for (const [index, { document, whole, twice }] of messages.entries()) {
        const [base, before] = whole ? [0, {}] : [index, current];
        const message = { version: index + 1, base, desired: diff(before, document) };
        const reception = receiveDesired(held, message);
        if (reception.kind !== 'taken') throw new Error(`the message was ${reception.kind}`);
        ({ held } = reception);
        if (twice) expect(receiveDesired(held, message)).toEqual({ kind: 'known' });
        current = document;
        expect(held).toEqual({ version: index + 1, document });
      }
    }),
  );
});

test('does not change the held document', () => {
  const held = { version: 1, document: { a: { b: 1 } } };
  receiveDesired(held, { version: 2, base: 1, desired: { a: { b: 2 } } });
  expect(held).toEqual({ version: 1, document: { a: { b: 1 } } });
});
