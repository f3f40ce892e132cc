import type { Json, JsonObject } from '@muster/twin';
import type { PlaceForm, Scalar, ValueType } from '../access-key.js';
import { compile } from '../compile.js';
import type {
  AndNode,
  ComparisonKind,
  ComparisonNode,
  ConditionNode,
  InNode,
  Operand,
  OrNode,
  Subject,
  SubjectPath,
  TextTestNode,
  TypeTestNode,
} from '../condition.js';
import type { Cut } from '../cut.js';
import { pathOf, pathsOf } from '../operands-of.js';
import { versionKey } from '../version-key.js';

/** What a leaf asks of the value at one path. It is TRUE exactly where this holds, but for `present`. */
export type Lookup =
  | ValueLookup
  | RangeLookup
  | { readonly kind: 'prefix'; readonly path: SubjectPath; readonly form: PlaceForm; readonly text: string }
  | {
      readonly kind: 'types';
      readonly path: SubjectPath;
      readonly types: readonly ValueType[];
      readonly orMissing: boolean;
    }
  | { readonly kind: 'element'; readonly path: SubjectPath; readonly value: Scalar; readonly isNegated: boolean }
  | { readonly kind: 'filter'; readonly path: SubjectPath; readonly holds: (value: Json | undefined) => boolean }
  | { readonly kind: 'present'; readonly paths: readonly SubjectPath[] };

/** One of the values, or a value that can be compared with all of them and is none. */
export interface ValueLookup {
  readonly kind: 'equal' | 'unequal';
  readonly path: SubjectPath;
  readonly form: PlaceForm;
  readonly values: readonly Scalar[];
}

export interface RangeLookup {
  readonly kind: 'range';
  readonly path: SubjectPath;
  readonly form: PlaceForm;
  readonly above?: Cut;
  readonly below?: Cut;
}

export type Leaf = Exclude<ConditionNode, AndNode | OrNode | { readonly kind: 'constant' }>;

export const VALUE_TYPES: readonly ValueType[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

export function typeOf(value: Json): ValueType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}

/** Of a leaf in negation normal form. */
export function lookupOf(leaf: Leaf): Lookup {
  const inner = leaf.kind === 'not' ? leaf.operand : leaf;
  return directLookup(inner, leaf.kind === 'not') ?? otherLookup(leaf, inner);
}

/** What a leaf is for every device, if it reads none: taking IN apart may leave two literals to be compared. */
export function constantOf(leaf: Leaf): boolean | undefined {
  return pathsOf(leaf).length > 0 ? undefined : compile(leaf)(NOBODY) === true;
}

/** What the value is compared with is known, and there is an order or a table for the comparison. */
function directLookup(node: ConditionNode, isNegated: boolean): Lookup | undefined {
  switch (node.kind) {
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return comparisonLookup(node);
    case 'in':
      return inLookup(node, isNegated);
    case 'starts-with':
      return isNegated ? undefined : prefixLookup(node);
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return typesLookup(node, isNegated);
    case 'array-contains': {
      const value = scalarOf(node.value, 'value');
      return value === undefined ? undefined : { kind: 'element', path: node.array.path, value, isNegated };
    }
    default:
      return undefined;
  }
}

function comparisonLookup({ kind, left, right }: ComparisonNode): Lookup | undefined {
  const place = placeOf(left);
  const value = place && scalarOf(right, place.form);
  if (place === undefined || value === undefined) return undefined;
  if (kind === 'equal') return { kind, ...place, values: [value] };
  if (kind === 'not-equal') return { kind: 'unequal', ...place, values: [value] };
  if (typeof value !== 'string' && typeof value !== 'number') return { kind: 'equal', ...place, values: [] };
  return { kind: 'range', ...place, ...cutsOf(kind, value) };
}

function cutsOf(kind: Exclude<ComparisonKind, 'equal' | 'not-equal'>, value: string | number) {
  const isAfter = kind === 'less-or-equal' || kind === 'greater';
  return kind === 'less' || kind === 'less-or-equal' ? { below: { value, isAfter } } : { above: { value, isAfter } };
}

function inLookup({ operand, values }: InNode, isNegated: boolean): Lookup | undefined {
  const place = placeOf(operand);
  if (place === undefined) return undefined;
  const scalars = values.map((value) => scalarOf(value, place.form));
  if (!scalars.every((value) => value !== undefined)) return undefined;
  return { kind: isNegated ? 'unequal' : 'equal', ...place, values: scalars };
}

function prefixLookup({ operand, text }: TextTestNode): Lookup | undefined {
  const place = placeOf(operand);
  if (place === undefined || text.kind !== 'literal' || typeof text.value !== 'string') return undefined;
  return { kind: 'prefix', ...place, text: text.value };
}

function typesLookup({ kind, path: { path } }: TypeTestNode, isNegated: boolean): Lookup {
  const types = VALUE_TYPES.filter((type) => kind === 'is-defined' || type === TYPES[kind]);
  if (!isNegated) return { kind: 'types', path, types, orMissing: false };
  return { kind: 'types', path, types: VALUE_TYPES.filter((type) => !types.includes(type)), orMissing: true };
}

const TYPES = { 'is-string': 'string', 'is-number': 'number', 'is-bool': 'boolean' } as const;

/** Of a single path each value can be asked; of several, what they must have for the leaf not to be UNKNOWN. */
function otherLookup(leaf: Leaf, inner: ConditionNode): Lookup {
  const paths = pathsOf(leaf);
  const [path, second] = paths;
  if (path === undefined) throw new Error('what reads nothing is not looked up');
  if (inner.kind === 'array-contains') return { kind: 'present', paths: [inner.array.path] };
  if (second === undefined) return { kind: 'filter', path, holds: holdsOf(leaf, path) };
  const needed = inner.kind === 'in' ? pathOf(inner.operand) : undefined;
  return { kind: 'present', paths: needed ? [needed] : paths };
}

/** A name in brackets makes an own member even of `__proto__`. */
function holdsOf(leaf: Leaf, [member, ...names]: SubjectPath): (value: Json | undefined) => boolean {
  const test = compile(leaf);
  const somebody: { [member: string]: Json } = { ...NOBODY };
  return (value) => {
    if (value === undefined) return test(NOBODY) === true;
    somebody[member] = names.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
    return test(somebody as JsonObject & Subject) === true;
  };
}

const NOBODY = { id: '', name: '', tags: {}, reported: {} };

/** LOWER of LOWER has no place of its own. */
function placeOf(operand: Operand): { readonly path: SubjectPath; readonly form: PlaceForm } | undefined {
  if (operand.kind === 'path') return { path: operand.path, form: 'value' };
  if (operand.kind === 'literal' || operand.operand.kind !== 'path') return undefined;
  return { path: operand.operand.path, form: operand.kind };
}

/** What the operand is for every subject, if it can be compared with the form. */
function scalarOf(operand: Operand, form: PlaceForm): Scalar | undefined {
  if (operand.kind === 'literal') return form === 'version' ? undefined : operand.value;
  if (form !== 'version' || operand.kind !== 'version' || operand.operand.kind !== 'literal') return undefined;
  const { value } = operand.operand;
  return typeof value === 'string' ? versionKey(value) : undefined;
}
