import { assertNever } from '@muster/twin';
import type { ConditionNode, Operand, SubjectPath } from '../../language/condition.js';
import {
  type EqualityShape,
  type Leaf,
  type LeafShape,
  type PartShape,
  type PrefixShape,
  shapeOf,
  type TypesShape,
} from '../../language/leaf-shape.js';
import { pathOf } from '../../language/operands-of.js';
import type { Place } from '../../language/place.js';
import { VALUE_TYPES, type ValueType } from '../../language/value-type.js';
import type { AccessKey } from './access-key.js';

/** A subject matches a leaf only if it has all keys of at least one entry. Without entries the leaf is never TRUE. */
export type LeafKeys = readonly (readonly AccessKey[])[];

export function leafKeys(leaf: Leaf): LeafKeys {
  const shape = shapeOf(leaf);
  return shape ? shapeKeys(shape) : [presences(leaf.kind === 'not' ? leaf.operand : leaf)];
}

function shapeKeys(shape: LeafShape): LeafKeys {
  switch (shape.kind) {
    case 'equal':
    case 'unequal':
      return equalityKeys(shape);
    case 'range': {
      const { kind, path, form, ...interval } = shape;
      return [[{ kind, place: { path, form }, ...interval }]];
    }
    case 'prefix':
    case 'suffix':
    case 'contains':
      return [textKeys(shape)];
    case 'types':
      return typesKeys(shape);
    case 'element': {
      const { kind, path, value, isNegated } = shape;
      return isNegated ? [[presenceOf(path, 'array')]] : [[{ kind, place: { path, form: 'value' }, value }]];
    }
    default:
      return assertNever(shape);
  }
}

/** A value that equals none of the list differs from its first, which is selective enough. */
function equalityKeys({ kind, path, form, values }: EqualityShape): LeafKeys {
  const place = { path, form };
  if (kind === 'equal') return values.map((value) => [{ kind, place, value }]);
  const [first] = values;
  return first === undefined ? [[presenceIn(place)]] : [[{ kind, place, value: first }]];
}

function textKeys({ kind, path, form, text }: PrefixShape | PartShape): AccessKey[] {
  const place = { path, form };
  if (text === '') return [presenceOf(path, 'string')];
  return kind === 'contains'
    ? gramsOf(text).map((gram) => ({ kind: 'gram', place, text: gram }))
    : [{ kind, place, text }];
}

const GRAM_LENGTH = 3;
/** At most this many grams of one text are compared for the rarest. */
const GRAMS_MAX = 32;

function gramsOf(text: string): string[] {
  const grams = new Set<string>();
  const last = Math.max(0, text.length - GRAM_LENGTH);
  for (let position = 0; position <= last && grams.size < GRAMS_MAX; position += 1) {
    grams.add(text.slice(position, position + GRAM_LENGTH));
  }
  return [...grams];
}

function typesKeys({ path, types, orMissing }: TypesShape): LeafKeys {
  const present = types.length === VALUE_TYPES.length ? (['any'] as const) : types;
  const keys = present.map((type) => presenceOf(path, type));
  const absent: AccessKey = { kind: 'absent', place: { path, form: 'value' } };
  return (orMissing ? [absent, ...keys] : keys).map((key) => [key]);
}

/** Each path that must have a value, or the leaf is UNKNOWN. */
function presences(node: ConditionNode): AccessKey[] {
  switch (node.kind) {
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return presencesOf([node.left, node.right]);
    case 'in':
      return presencesOf([node.operand]);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return textPresencesOf([node.operand, node.text]);
    case 'array-contains':
      return [presenceOf(node.array.path, 'array'), ...presencesOf([node.value])];
    default:
      throw new Error(`${node.kind} is no leaf of a negation normal form`);
  }
}

function presencesOf(operands: readonly Operand[]): AccessKey[] {
  return operands.flatMap((operand): AccessKey[] => {
    const path = pathOf(operand);
    if (path === undefined || operand.kind === 'literal') return [];
    return [presenceIn({ path, form: operand.kind === 'path' ? 'value' : operand.kind })];
  });
}

/** A text test needs a text of each operand that reads a path. */
function textPresencesOf(operands: readonly Operand[]): AccessKey[] {
  return operands.flatMap((operand) => {
    const path = pathOf(operand);
    return path === undefined ? [] : [presenceOf(path, 'string')];
  });
}

/** The place has a value: LOWER needs a text, VERSION a version. */
function presenceIn({ path, form }: Place): AccessKey {
  if (form === 'version') return { kind: 'present', place: { path, form }, type: 'any' };
  return presenceOf(path, form === 'lower' ? 'string' : 'any');
}

function presenceOf(path: SubjectPath, type: ValueType | 'any'): AccessKey {
  return { kind: 'present', place: { path, form: 'value' }, type };
}
