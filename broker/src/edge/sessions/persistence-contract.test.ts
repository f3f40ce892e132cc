import assert from 'node:assert';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { PERSISTENCES } from '../../testing/persistences.js';
import type { AedesPersistence } from './persistence-port.js';

type Suite = (options: { test: typeof testInSuite; persistence: () => AedesPersistence; testAsync: boolean }) => void;

interface SuiteContext {
  assert: typeof assert;
  diagnostic(): void;
  plan(assertions: number): void;
}

const abstractSuite: Suite = createRequire(import.meta.url)('aedes-persistence/abstract.js');

/** Adapts a test of the library's suite, which is written for node:test. */
function testInSuite(name: string, run: (context: SuiteContext) => Promise<void>): void {
  test(name, async () => {
    let made = 0;
    let planned: number | undefined;
    const counting = new Proxy(assert, {
      get(target, member, receiver) {
        made++;
        return Reflect.get(target, member, receiver);
      },
    });
    const plan = (assertions: number): void => {
      planned = assertions;
    };
    await run({ assert: counting, diagnostic() {}, plan });
    if (planned !== undefined) expect(made).toBe(planned);
  });
}

describe.each(PERSISTENCES)('the contract of aedes-persistence, in %s', (_, makeStore) => {
  abstractSuite({ test: testInSuite, persistence: makeStore, testAsync: true });
});
