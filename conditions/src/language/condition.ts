import type { JsonObject } from '@muster/twin';

/** TRUE, FALSE, or `undefined` for UNKNOWN (Kleene's three-valued logic). Only TRUE matches. */
export type Truth = true | false | undefined;

/** Target conditions read identity, tags and reported; queries may read everything. */
export type ConditionScope = 'target' | 'query';

/** The view of a device that conditions read. `name` defaults to the id. Only queries read the optional members. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly tags: JsonObject;
  readonly reported: JsonObject;
  readonly desired?: JsonObject;
  readonly connected?: boolean;
  /** RFC 3339 in UTC, so that the texts sort like the times. */
  readonly lastSeenAt?: string;
  readonly createdAt?: string;
}

export type SubjectMember = keyof Subject;

/** The names from the subject down to a value, such as `['reported', 'battery']`. Never empty. */
export type SubjectPath = readonly [SubjectMember, ...string[]];

export interface Condition {
  readonly text: string;
  readonly root: ConditionNode;
  /** The paths that the condition reads, each once, in the order of the text: `['reported', 'battery']`. */
  readonly paths: readonly (readonly string[])[];
  /** The compiled condition; never throws. */
  readonly test: (subject: Subject) => Truth;
}

/** A place in the text, in UTF-16 units from 0. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

/** A part with a truth value. AND and OR are flat: neither has an operand of its own kind. */
export type ConditionNode =
  | ConstantNode
  | AndNode
  | OrNode
  | NotNode
  | TruthNode
  | ComparisonNode
  | InNode
  | TextTestNode
  | TypeTestNode
  | ArrayContainsNode;

/** `*`, `true` or `false`. */
export interface ConstantNode {
  readonly kind: 'constant';
  readonly value: boolean;
  readonly span: Span;
}

export interface AndNode {
  readonly kind: 'and';
  readonly operands: readonly ConditionNode[];
  readonly span: Span;
}

export interface OrNode {
  readonly kind: 'or';
  readonly operands: readonly ConditionNode[];
  readonly span: Span;
}

/** `NOT`, `!`, and the NOT of `NOT IN`. */
export interface NotNode {
  readonly kind: 'not';
  readonly operand: ConditionNode;
  readonly span: Span;
}

/** A bare path: TRUE or FALSE if its value is a boolean. */
export interface TruthNode {
  readonly kind: 'truth';
  readonly path: PathOperand;
  readonly span: Span;
}

export type ComparisonKind = 'equal' | 'not-equal' | 'less' | 'less-or-equal' | 'greater' | 'greater-or-equal';

/** Either both sides are `VERSION`, or neither side is. */
export interface ComparisonNode {
  readonly kind: ComparisonKind;
  readonly left: Operand;
  readonly right: Operand;
  readonly span: Span;
}

/** The OR of `operand = value` over the values. Either all operands are `VERSION`, or none is. */
export interface InNode {
  readonly kind: 'in';
  readonly operand: Operand;
  readonly values: readonly Operand[];
  readonly span: Span;
}

export type TextTestKind = 'starts-with' | 'ends-with' | 'contains';

export interface TextTestNode {
  readonly kind: TextTestKind;
  readonly operand: Operand;
  readonly text: Operand;
  readonly span: Span;
}

export type TypeTestKind = 'is-defined' | 'is-string' | 'is-number' | 'is-bool';

/** Never UNKNOWN. */
export interface TypeTestNode {
  readonly kind: TypeTestKind;
  readonly path: PathOperand;
  readonly span: Span;
}

export interface ArrayContainsNode {
  readonly kind: 'array-contains';
  readonly array: PathOperand;
  readonly value: Operand;
  readonly span: Span;
}

/** A part with a value. */
export type Operand = PathOperand | LiteralOperand | LowerOperand | VersionOperand;

export interface PathOperand {
  readonly kind: 'path';
  readonly path: SubjectPath;
  readonly span: Span;
}

/** Numbers are finite and never -0. */
export interface LiteralOperand {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
  readonly span: Span;
}

export interface LowerOperand {
  readonly kind: 'lower';
  readonly operand: Operand;
  readonly span: Span;
}

/** A literal inside is a semantic version; the parser checks it. */
export interface VersionOperand {
  readonly kind: 'version';
  readonly operand: PathOperand | LiteralOperand;
  readonly span: Span;
}
