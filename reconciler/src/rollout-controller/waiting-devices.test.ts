import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaitingDevices } from './waiting-devices.js';

const ZONES = ['', 'Europe/Prague', 'Asia/Tokyo'];
const idOf = (number: number): string => `d-${number}`;
/** Some have the same order. */
const orderOf = (id: string): number => (Number(id.slice(2)) * 7_919) % 101;

const number = fc.nat(40);
const zone = fc.constantFrom(...ZONES);
const command = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), number, zone }),
  fc.record({ kind: fc.constant('remove' as const), number }),
  fc.record({ kind: fc.constant('take' as const), count: fc.nat(12), open: fc.subarray(ZONES) }),
);

test('after any story those wait who should, and the first in order whose zones are open are taken', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const waiting = new WaitingDevices({ orderOf, idOf });
      const model = new Map<number, string>();
      for (const one of commands) {
        switch (one.kind) {
          case 'add':
            expect(waiting.add(one.number, idOf(one.number), one.zone)).toBe(model.get(one.number) !== one.zone);
            model.set(one.number, one.zone);
            break;
          case 'remove':
            expect(waiting.remove(one.number, idOf(one.number))).toBe(model.delete(one.number));
            break;
          case 'take': {
            const open = [...model].filter(([, name]) => one.open.includes(name)).map(([key]) => key);
            const orders = open.map((key) => orderOf(idOf(key))).sort((left, right) => left - right);
            const taken = waiting.take(one.count, (name) => one.open.includes(name));
            expect(taken.map((key) => orderOf(idOf(key)))).toEqual(orders.slice(0, one.count));
            expect(taken.every((key) => open.includes(key))).toBe(true);
            for (const key of taken) model.delete(key);
            break;
          }
        }
        expect(waiting.size).toBe(model.size);
        for (const name of ZONES)
          expect(waiting.sizeIn(name)).toBe([...model.values()].filter((one) => one === name).length);
      }
      for (let key = 0; key <= 40; key += 1) expect(waiting.remove(key, idOf(key))).toBe(model.has(key));
    }),
  );
});
