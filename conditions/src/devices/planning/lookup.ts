import type { Json, JsonObject } from '@muster/twin';
import { compile } from '../../language/compile.js';
import type { Subject, SubjectPath } from '../../language/condition.js';
import {
  type ElementShape,
  type EqualityShape,
  type Leaf,
  type LeafShape,
  type PartShape,
  type PrefixShape,
  type RangeShape,
  shapeOf,
  type TypesShape,
} from '../../language/leaf-shape.js';
import { pathOf, pathsOf } from '../../language/operands-of.js';

/** A question about the values at one path. It is TRUE exactly where the leaf is, except for `present`. */
export type Lookup =
  | EqualityShape
  | RangeShape
  | PrefixShape
  | TypesShape
  | ElementShape
  | FilterLookup
  | PresentLookup;

/** Each different value is tested. */
export interface FilterLookup {
  readonly kind: 'filter';
  readonly path: SubjectPath;
  readonly holds: (value: Json | undefined) => boolean;
}

/** All paths must have a value, or the leaf is UNKNOWN. */
export interface PresentLookup {
  readonly kind: 'present';
  readonly paths: readonly SubjectPath[];
}

/** The lookup of a leaf in negation normal form. Values have no order by suffix or part, so each is tested. */
export function lookupOf(leaf: Leaf): Lookup {
  const shape = shapeOf(leaf);
  return shape === undefined || isPart(shape) ? otherLookup(leaf) : shape;
}

function isPart(shape: LeafShape): shape is PartShape {
  return shape.kind === 'suffix' || shape.kind === 'contains';
}

/** The value of a leaf that reads no path: dividing IN may leave a comparison of two literals. */
export function constantOf(leaf: Leaf): boolean | undefined {
  return pathsOf(leaf).length > 0 ? undefined : compile(leaf)(EMPTY_SUBJECT) === true;
}

/** With one path each value can be tested; with several, the paths must have a value or the leaf is UNKNOWN. */
function otherLookup(leaf: Leaf): Lookup {
  const inner = leaf.kind === 'not' ? leaf.operand : leaf;
  const paths = pathsOf(leaf);
  const [path, second] = paths;
  if (path === undefined) throw new Error('the leaf reads no path');
  if (inner.kind === 'array-contains') return { kind: 'present', paths: [inner.array.path] };
  if (second === undefined) return { kind: 'filter', path, holds: holdsOf(leaf, path) };
  const needed = inner.kind === 'in' ? pathOf(inner.operand) : undefined;
  return { kind: 'present', paths: needed ? [needed] : paths };
}

/** A computed name creates an own member even for `__proto__`. */
function holdsOf(leaf: Leaf, [member, ...names]: SubjectPath): (value: Json | undefined) => boolean {
  const test = compile(leaf);
  const probe: { [member: string]: Json } = { ...EMPTY_SUBJECT };
  return (value) => {
    if (value === undefined) return test(EMPTY_SUBJECT) === true;
    probe[member] = names.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
    return test(probe as JsonObject & Subject) === true;
  };
}

const EMPTY_SUBJECT = { id: '', name: '', tags: {}, reported: {} };
