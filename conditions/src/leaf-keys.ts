import { assertNever } from '@muster/twin';
import type { AccessKey, Place, Scalar, ValueType } from './access-key.js';
import type {
  AndNode,
  ComparisonKind,
  ConditionNode,
  InNode,
  NotNode,
  Operand,
  OrNode,
  PathOperand,
  TextTestKind,
  TextTestNode,
  TypeTestNode,
} from './condition.js';
import { pathOf } from './operands-of.js';
import { versionKey } from './version-key.js';

/**
 * What must be true of a subject for which a leaf is TRUE: all keys of at least one entry. No entry: the leaf is
 * never TRUE. An entry without keys: nothing has to be.
 */
export type LeafKeys = readonly (readonly AccessKey[])[];

export type Leaf = Exclude<ConditionNode, AndNode | OrNode>;

/** Of a leaf in negation normal form. */
export function leafKeys(leaf: Leaf): LeafKeys {
  switch (leaf.kind) {
    case 'constant':
      return leaf.value ? [[]] : [];
    case 'not':
      return negatedKeys(leaf);
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return comparisonKeys(leaf.kind, leaf.left, leaf.right);
    case 'in':
      return leaf.values.flatMap((value) => comparisonKeys('equal', leaf.operand, value));
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return textTestKeys(leaf);
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return [[presenceOf(leaf.path, TYPES[leaf.kind])]];
    case 'array-contains':
      return elementKeys(leaf.array, leaf.value);
    case 'truth':
      return comparisonKeys('equal', leaf.path, { kind: 'literal', value: true, span: leaf.span });
    default:
      return assertNever(leaf);
  }
}

const TYPES = { 'is-defined': 'any', 'is-string': 'string', 'is-number': 'number', 'is-bool': 'boolean' } as const;

function comparisonKeys(kind: ComparisonKind, left: Operand, right: Operand): LeafKeys {
  const [place, value] = [placeOf(left), scalarOf(right)];
  if (place === undefined || value === undefined) return [presencesOf([left, right])];
  if (kind === 'equal') return [[{ kind, place, value }]];
  if (kind === 'not-equal') return [[{ kind: 'unequal', place, value }]];
  return typeof value === 'string' || typeof value === 'number' ? [[rangeOf(kind, place, value)]] : [];
}

function rangeOf(
  kind: Exclude<ComparisonKind, 'equal' | 'not-equal'>,
  place: Place,
  value: string | number,
): AccessKey {
  switch (kind) {
    case 'less':
      return { kind: 'range', place, below: { value, isAfter: false } };
    case 'less-or-equal':
      return { kind: 'range', place, below: { value, isAfter: true } };
    case 'greater':
      return { kind: 'range', place, above: { value, isAfter: true } };
    case 'greater-or-equal':
      return { kind: 'range', place, above: { value, isAfter: false } };
    default:
      return assertNever(kind);
  }
}

function textTestKeys({ kind, operand, text }: TextTestNode): LeafKeys {
  const [place, part] = [placeOf(operand), scalarOf(text)];
  if (place === undefined || typeof part !== 'string') return [textPresencesOf([operand, text])];
  if (part === '') return [textPresencesOf([operand])];
  if (kind === 'contains') return [gramsOf(place, part)];
  return [[{ kind: TEXT_KEYS[kind], place, text: part }]];
}

const TEXT_KEYS: { readonly [kind in Exclude<TextTestKind, 'contains'>]: 'prefix' | 'suffix' } = {
  'starts-with': 'prefix',
  'ends-with': 'suffix',
};

const GRAM_LENGTH = 3;
/** More of one text are not compared for the rarest. */
const GRAMS_MAX = 32;

function gramsOf(place: Place, text: string): AccessKey[] {
  const grams = new Set<string>();
  const last = Math.max(0, text.length - GRAM_LENGTH);
  for (let position = 0; position <= last && grams.size < GRAMS_MAX; position += 1) {
    grams.add(text.slice(position, position + GRAM_LENGTH));
  }
  return [...grams].map((gram) => ({ kind: 'gram', place, text: gram }));
}

function elementKeys(array: PathOperand, value: Operand): LeafKeys {
  const element = scalarOf(value);
  if (element === undefined) return [[presenceOf(array, 'array'), ...presencesOf([value])]];
  return [[{ kind: 'element', place: { path: array.path, form: 'value' }, value: element }]];
}

function negatedKeys({ operand }: NotNode): LeafKeys {
  switch (operand.kind) {
    case 'in':
      return negatedInKeys(operand);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return [textPresencesOf([operand.operand, operand.text])];
    case 'array-contains':
      return [[presenceOf(operand.array, 'array'), ...presencesOf([operand.value])]];
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return otherTypeKeys(operand);
    default:
      throw new Error(`NOT over ${operand.kind} is no negation normal form`);
  }
}

/** All comparisons are FALSE; of those the first says enough. */
function negatedInKeys({ operand, values }: InNode): LeafKeys {
  const [first] = values;
  return first === undefined ? [presencesOf([operand])] : comparisonKeys('not-equal', operand, first);
}

/** The type tests are FALSE, not UNKNOWN, of what is missing. */
function otherTypeKeys({ kind, path }: TypeTestNode): LeafKeys {
  const absent: AccessKey = { kind: 'absent', place: { path: path.path, form: 'value' } };
  const others = kind === 'is-defined' ? [] : VALUE_TYPES.filter((type) => type !== TYPES[kind]);
  return [absent, ...others.map((type) => presenceOf(path, type))].map((key) => [key]);
}

const VALUE_TYPES: readonly ValueType[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

/** That each operand which reads a path has a value. */
function presencesOf(operands: readonly Operand[]): AccessKey[] {
  return operands.flatMap((operand): AccessKey[] => {
    const path = pathOf(operand);
    if (path === undefined) return [];
    if (operand.kind === 'version') return [{ kind: 'present', place: { path, form: 'version' }, type: 'any' }];
    return [{ kind: 'present', place: { path, form: 'value' }, type: operand.kind === 'lower' ? 'string' : 'any' }];
  });
}

/** That each operand which reads a path is a text. */
function textPresencesOf(operands: readonly Operand[]): AccessKey[] {
  return operands.flatMap((operand): AccessKey[] => {
    const path = pathOf(operand);
    return path === undefined ? [] : [{ kind: 'present', place: { path, form: 'value' }, type: 'string' }];
  });
}

function presenceOf({ path }: PathOperand, type: ValueType | 'any'): AccessKey {
  return { kind: 'present', place: { path, form: 'value' }, type };
}

/** LOWER of LOWER has no place of its own. */
function placeOf(operand: Operand): Place | undefined {
  if (operand.kind === 'path') return { path: operand.path, form: 'value' };
  if (operand.kind === 'literal' || operand.operand.kind !== 'path') return undefined;
  return { path: operand.operand.path, form: operand.kind };
}

/** What the operand is for every subject, in the form in which it is compared. */
function scalarOf(operand: Operand): Scalar | undefined {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind !== 'version' || operand.operand.kind !== 'literal') return undefined;
  const { value } = operand.operand;
  return typeof value === 'string' ? versionKey(value) : undefined;
}
