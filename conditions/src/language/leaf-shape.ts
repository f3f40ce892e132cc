import type { Interval } from './bound.js';
import type { ComparisonKind, ConditionNode, InNode, Operand, SubjectPath, TextTestKind } from './condition.js';
import type { Place } from './place.js';
import { type Scalar, VALUE_TYPES, type ValueType } from './value-type.js';
import { versionKey } from './version-key.js';

/** A condition in negation normal form, other than AND, OR and constants. */
export type Leaf = Exclude<ConditionNode, { readonly kind: 'and' | 'or' | 'constant' }>;

/** A leaf that compares the value at one place with literals. The leaf is TRUE exactly if the shape holds. */
export type LeafShape = EqualityShape | RangeShape | PrefixShape | PartShape | TypesShape | ElementShape;

/** `equal`: the value is one of `values`. `unequal`: it is comparable with all of them and equals none. */
export interface EqualityShape extends Place {
  readonly kind: 'equal' | 'unequal';
  readonly values: readonly Scalar[];
}

export interface RangeShape extends Place, Interval {
  readonly kind: 'range';
}

export interface PrefixShape extends Place {
  readonly kind: 'prefix';
  readonly text: string;
}

export interface PartShape extends Place {
  readonly kind: 'suffix' | 'contains';
  readonly text: string;
}

/** The value has one of these types. With `orMissing`, a missing value matches too. */
export interface TypesShape {
  readonly kind: 'types';
  readonly path: SubjectPath;
  readonly types: readonly ValueType[];
  readonly orMissing: boolean;
}

/** The value is an array, with or without this element. */
export interface ElementShape {
  readonly kind: 'element';
  readonly path: SubjectPath;
  readonly value: Scalar;
  readonly isNegated: boolean;
}

/** Returns the shape of a leaf; undefined if it compares two paths, or has none of the shapes. */
export function shapeOf(leaf: Leaf): LeafShape | undefined {
  const isNegated = leaf.kind === 'not';
  const node = isNegated ? leaf.operand : leaf;
  switch (node.kind) {
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return isNegated ? undefined : comparisonShape(node.kind, node.left, node.right);
    case 'in':
      return inShape(node, isNegated);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return isNegated ? undefined : textShape(node.kind, node.operand, node.text);
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return typesShape(node.path.path, TYPES[node.kind], isNegated);
    case 'array-contains': {
      const value = scalarOf(node.value, 'value');
      return value === undefined ? undefined : { kind: 'element', path: node.array.path, value, isNegated };
    }
    default:
      return undefined;
  }
}

function comparisonShape(kind: ComparisonKind, left: Operand, right: Operand): LeafShape | undefined {
  const place = placeOf(left);
  const value = place && scalarOf(right, place.form);
  if (place === undefined || value === undefined) return undefined;
  if (kind === 'equal') return { kind, ...place, values: [value] };
  if (kind === 'not-equal') return { kind: 'unequal', ...place, values: [value] };
  if (typeof value !== 'string' && typeof value !== 'number') return { kind: 'equal', ...place, values: [] };
  return { kind: 'range', ...place, ...intervalOf(kind, value) };
}

function intervalOf(kind: Exclude<ComparisonKind, 'equal' | 'not-equal'>, value: string | number): Interval {
  const bound = { value, isAfter: kind === 'less-or-equal' || kind === 'greater' };
  return kind === 'less' || kind === 'less-or-equal' ? { below: bound } : { above: bound };
}

function inShape({ operand, values }: InNode, isNegated: boolean): EqualityShape | undefined {
  const place = placeOf(operand);
  if (place === undefined) return undefined;
  const scalars = values.map((value) => scalarOf(value, place.form));
  if (!scalars.every((value) => value !== undefined)) return undefined;
  return { kind: isNegated ? 'unequal' : 'equal', ...place, values: scalars };
}

function textShape(kind: TextTestKind, operand: Operand, text: Operand): PrefixShape | PartShape | undefined {
  const place = placeOf(operand);
  if (place === undefined || text.kind !== 'literal' || typeof text.value !== 'string') return undefined;
  if (kind === 'starts-with') return { kind: 'prefix', ...place, text: text.value };
  return { kind: kind === 'ends-with' ? 'suffix' : kind, ...place, text: text.value };
}

/** The negation of a type test is TRUE if the value is missing. */
function typesShape(path: SubjectPath, tested: readonly ValueType[], isNegated: boolean): TypesShape {
  const types = isNegated ? VALUE_TYPES.filter((type) => !tested.includes(type)) : tested;
  return { kind: 'types', path, types, orMissing: isNegated };
}

const TYPES = {
  'is-defined': VALUE_TYPES,
  'is-string': ['string'],
  'is-number': ['number'],
  'is-bool': ['boolean'],
} as const;

/** Returns undefined for LOWER of LOWER, which has no place of its own. */
function placeOf(operand: Operand): Place | undefined {
  if (operand.kind === 'path') return { path: operand.path, form: 'value' };
  if (operand.kind === 'literal' || operand.operand.kind !== 'path') return undefined;
  return { path: operand.operand.path, form: operand.kind };
}

/** Returns the value of a literal operand, if it is comparable with the form. */
function scalarOf(operand: Operand, form: Place['form']): Scalar | undefined {
  if (operand.kind === 'literal') return form === 'version' ? undefined : operand.value;
  if (form !== 'version' || operand.kind !== 'version' || operand.operand.kind !== 'literal') return undefined;
  const { value } = operand.operand;
  return typeof value === 'string' ? versionKey(value) : undefined;
}
