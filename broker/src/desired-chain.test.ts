import type { DeviceRecord } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR, openRegistry, setDesired } from '@muster/registry/testing';
import { type JsonObject, mergePatch, receiveDesired } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { begin, proceed, replyToGet, type Sent } from './desired-chain.js';

/** Returns a device that had these desired documents in turn, and acknowledged the given version. */
async function deviceWith(documents: readonly JsonObject[], acknowledged?: number): Promise<DeviceRecord> {
  const registry = await openRegistry();
  await registry.devices.register(OPERATOR, 'd', {});
  for (const [index, desired] of documents.entries()) {
    await setDesired(registry, 'd', () => ({ kind: 'document', desired, configurations: [] }));
    if (acknowledged === index + 1) {
      await registry.devices.report(deviceActor('d'), 'd', {
        acknowledgement: { version: acknowledged, status: 'applied' },
      });
    }
  }
  return registry.devices.mustRead('d');
}

describe('the first message after a SUBSCRIBE', () => {
  test('nothing at version 0', async () => {
    expect(begin(await deviceWith([])).message).toBeUndefined();
  });

  test('the whole document for a device that never acknowledged', async () => {
    expect(begin(await deviceWith([{ a: 1 }, { a: 2 }])).message).toEqual({ version: 2, base: 0, desired: { a: 2 } });
  });

  test('nothing when the current version is acknowledged', async () => {
    expect(begin(await deviceWith([{ a: 1 }], 1)).message).toBeUndefined();
  });

  test('one patch from the acknowledged version, however many were missed', async () => {
    const documents = Array.from({ length: 30 }, (_, n) => ({ n, keep: true, ...(n < 3 ? { old: 1 } : {}) }));
    expect(begin(await deviceWith(documents, 2)).message).toEqual({
      version: 30,
      base: 2,
      desired: { n: 29, old: null },
    });
  });
});

describe('the reply to $twin/get', () => {
  const odd = [7, 99, 0, -1, 1.5, 'x', '2', null, true, [2], { version: 2 }, undefined];
  test.each(odd.map((version) => [version]))('the whole document for the version %j', async (version) => {
    const record = await deviceWith([{ a: 1 }, { a: 1, b: 2 }]);
    expect(replyToGet(record, version, undefined).message).toEqual({ version: 2, base: 0, desired: { a: 1, b: 2 } });
  });

  test('an empty patch for the current version', async () => {
    const record = await deviceWith([{ a: 1 }, { a: 1, b: 2 }]);
    expect(replyToGet(record, 2, undefined).message).toEqual({ version: 2, base: 2, desired: {} });
  });

  test('a patch from a version that was sent on this connection, even if it was never acknowledged', async () => {
    const record = await deviceWith(Array.from({ length: 20 }, (_, n) => ({ n })));
    const sent: Sent = { version: 5, document: { n: 4 } };
    expect(replyToGet(record, 5, sent).message).toEqual({ version: 20, base: 5, desired: { n: 19 } });
  });

  test('the whole document for a version of an earlier registration', async () => {
    const registry = await openRegistry();
    await registry.devices.register(OPERATOR, 'd', {});
    await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
    await registry.devices.remove(OPERATOR, 'd');
    await registry.devices.register(OPERATOR, 'd', {});
    const record = await registry.devices.mustRead('d');
    expect(replyToGet(record, 1, { version: 1, document: { a: 1 } }).message).toEqual({
      version: 2,
      base: 0,
      desired: {},
    });
  });
});

test('whatever a device misses or requests, it ends with the desired document', async () => {
  const value = fc.constantFrom<JsonObject[string]>(1, 'x', [1], true);
  const document = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(value, fc.dictionary(fc.constantFrom('p', 'q'), value)),
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), document }),
    fc.constant({ kind: 'push' as const }),
    fc.constant({ kind: 'reconnect' as const }),
    fc.record({ kind: fc.constant('get' as const), version: fc.nat(12) }),
    fc.constant({ kind: 'acknowledge' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const registry = await openRegistry();
      await registry.devices.register(OPERATOR, 'd', {});
      let held = { version: 0, document: {} as JsonObject };
      let sent: Sent | undefined;
      const take = (message: object | undefined): void => {
        if (!message) return;
        const reception = receiveDesired(held, message as JsonObject);
        expect(reception.kind).not.toBe('malformed');
        if (reception.kind === 'taken') held = reception.held;
      };
      const push = (record: DeviceRecord): void => {
        const next = sent ? proceed(record, sent) : begin(record);
        sent = next.sent;
        take(next.message);
      };
      for (const one of steps) {
        const record = await registry.devices.mustRead('d');
        if (one.kind === 'change') {
          const desired = mergePatch({}, one.document as JsonObject);
          await setDesired(registry, 'd', () => ({ kind: 'document', desired, configurations: [] }));
        } else if (one.kind === 'push') push(record);
        else if (one.kind === 'reconnect') sent = undefined;
        else if (one.kind === 'get') {
          const step = replyToGet(record, one.version, sent);
          sent = step.sent;
          // A device can use a patch only if it requested one from the version that it holds.
          if (step.message.base === 0 || step.message.base === held.version) take(step.message);
          else held = { version: record.desiredVersion, document: record.desired };
        } else if (held.version > 0) {
          await registry.devices.report(deviceActor('d'), 'd', {
            acknowledgement: { version: held.version, status: 'applied' },
          });
        }
      }
      const record = await registry.devices.mustRead('d');
      push(record);
      if (held.version !== record.desiredVersion) take(replyToGet(record, held.version, sent).message);
      expect(held).toEqual({ version: record.desiredVersion, document: record.desired });
    }),
    { numRuns: 200 },
  );
});
