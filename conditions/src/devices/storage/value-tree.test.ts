import { isObject, type Json, type JsonObject, valueAt } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PathValues } from './path-values.js';
import { ValueTree } from './value-tree.js';

/** A bounded share of them with all tests. */
const STEPS = Number(process.env.MUSTER_LONG_RUN_STEPS ?? 8_000);
const STEPS_A_RUN = 40;
const PATHS_MAX = 4;
const DEVICES = 6;

const PATHS: readonly (readonly string[])[] = ['a', 'b', 'c', 'd'].flatMap((name) => [
  [name],
  ...['a', 'b'].map((inner) => [name, inner]),
]);

const scalar = fc.constantFrom<Json>(1, 'x', null, true);
const names = (values: fc.Arbitrary<Json>, of: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...of), values, { maxKeys: 2 });
const document: fc.Arbitrary<JsonObject> = names(fc.oneof(scalar, names(scalar, ['a', 'b'])), ['a', 'b', 'c', 'd']);
const number = fc.nat(DEVICES - 1);
type Step =
  | { readonly kind: 'put'; readonly number: number; readonly document: JsonObject }
  | { readonly kind: 'remove'; readonly number: number }
  | { readonly kind: 'refill' | 'fill' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put'), number, document }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('refill', 'fill') }) },
);

/** A tree beside the documents, and the devices that a refill has still to come to. */
class Model {
  readonly tree = new ValueTree({ distinct: 0 }, PATHS_MAX);
  readonly documents = new Map<number, JsonObject>();
  readonly #unfilled: number[] = [];

  take(step: Step): void {
    if (step.kind === 'put') this.#change(step.number, step.document);
    else if (step.kind === 'remove') this.#change(step.number, undefined);
    else if (step.kind === 'fill') this.#fill(1);
    else if (this.tree.refill()) this.#unfilled.splice(0, DEVICES, ...this.documents.keys());
  }

  complete(): boolean {
    this.#fill(DEVICES);
    return this.tree.complete(this.documents.size);
  }

  #change(number: number, document: JsonObject | undefined): void {
    this.tree.change(this.documents.get(number), document, number);
    if (document) this.documents.set(number, document);
    else this.documents.delete(number);
  }

  #fill(count: number): void {
    for (const number of this.#unfilled.splice(0, count)) {
      const document = this.documents.get(number);
      if (document) this.tree.fill(document, number);
    }
  }
}

/** What is known of a path is the value of each device that has one there. */
function expectTruth({ tree, documents }: Model): void {
  expect(tree.paths).toBeLessThanOrEqual(PATHS_MAX);
  expect([...tree.all()]).toHaveLength(tree.paths);
  for (const path of PATHS) {
    const values = tree.at(path);
    if (!(values instanceof PathValues)) continue;
    const there = [...documents.values()].map((one) => valueAt(one, path)).filter((value) => value !== undefined);
    expect(values.size, path.join('.')).toBe(there.length);
    for (const value of [1, 'x', true, null])
      expect([path, value, sizeOf(values, value)]).toEqual([path, value, there.filter((one) => one === value).length]);
  }
}

function sizeOf(values: PathValues, value: string | number | boolean | null): number {
  const posting = values.withValue(value);
  return typeof posting === 'number' ? 1 : posting.size;
}

/** Values at paths that are not there, those within them not counted. */
function leftOutOf({ tree, documents }: Model): number {
  const known = new Set([...tree.all()].map(([path]) => JSON.stringify(path)));
  const count = (value: JsonObject, path: readonly string[]): number =>
    Object.entries(value).reduce((sum, [name, inner]) => {
      if (!known.has(JSON.stringify([...path, name]))) return sum + 1;
      return isObject(inner) ? sum + count(inner, [...path, name]) : sum;
    }, 0);
  return [...documents.values()].reduce((sum, one) => sum + count(one, []), 0);
}

describe('of more paths than are indexed', () => {
  test('what is known is all there is, while paths become free and are begun again', {
    timeout: 20_000 + STEPS * 20,
  }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: STEPS_A_RUN, size: 'max' }), (steps) => {
        const model = new Model();
        for (const one of steps) {
          model.take(one);
          expectTruth(model);
        }
        expect(model.complete()).toBe(true);
        expectTruth(model);
        expect(model.tree.leftOut).toBe(leftOutOf(model));
        for (const number of [...model.documents.keys()]) model.take({ kind: 'remove', number });
        expect([model.tree.paths, model.tree.leftOut]).toEqual([0, 0]);
      }),
      { numRuns: Math.ceil(STEPS / STEPS_A_RUN) },
    );
  });

  const full = () => {
    const tree = new ValueTree({ distinct: 0 }, PATHS_MAX);
    tree.change(undefined, { a: 1, b: 1, c: 1, d: 1 }, 0);
    tree.change(undefined, { e: 1 }, 1);
    tree.change(undefined, { e: 1, f: { g: 1 } }, 2);
    return tree;
  };
  const isKnown = (tree: ValueTree, ...path: string[]) => tree.at(path) instanceof PathValues;

  test('those that come last are left out and counted, and begun again once nothing is left out', () => {
    const tree = full();
    expect([tree.paths, tree.leftOut, isKnown(tree, 'a'), tree.at(['e'])]).toEqual([4, 3, true, 'left-out']);
    tree.change({ e: 1 }, undefined, 1);
    tree.change({ e: 1, f: { g: 1 } }, undefined, 2);
    tree.change({ a: 1, b: 1, c: 1, d: 1 }, { a: 1 }, 0);
    tree.change({ a: 1 }, { a: 1, e: 1 }, 0);
    expect([tree.paths, tree.leftOut, isKnown(tree, 'e')]).toEqual([2, 0, true]);
  });

  test('those that devices have already are begun again by a refill, and known when it came to all', () => {
    const tree = full();
    expect(tree.refill()).toBe(false);
    tree.change({ a: 1, b: 1, c: 1, d: 1 }, { a: 1 }, 0);
    expect([tree.refill(), tree.refill()]).toEqual([true, false]);
    tree.fill({ e: 1, f: { g: 1 } }, 2);
    expect([tree.complete(3), tree.at(['e']), tree.leftOut]).toEqual([false, 'incomplete', 1]);
    tree.fill({ e: 1 }, 1);
    expect([tree.paths, tree.leftOut, isKnown(tree, 'e'), isKnown(tree, 'f', 'g')]).toEqual([4, 0, true, true]);
  });

  test('a refill begins only the paths that there is room for', () => {
    const tree = full();
    tree.change({ a: 1, b: 1, c: 1, d: 1 }, { a: 1, b: 1, c: 1 }, 0);
    tree.refill();
    tree.fill({ e: 1 }, 1);
    tree.fill({ e: 1, f: { g: 1 } }, 2);
    tree.fill({ a: 1, b: 1, c: 1 }, 0);
    expect([tree.complete(3), isKnown(tree, 'e'), tree.at(['f']), tree.leftOut]).toEqual([true, true, 'left-out', 1]);
  });
});
