import type { Span } from '../language/condition.js';

/** A node of the grammar. It may still be meaningless, such as `5.x` or `FOO(1)`. */
export type SyntaxNode =
  | LiteralSyntax
  | NameSyntax
  | MemberSyntax
  | CallSyntax
  | NotSyntax
  | BinarySyntax
  | ListSyntax
  | GroupSyntax;

export interface LiteralSyntax extends Measured {
  readonly type: 'Literal';
  readonly value: string | number | boolean | null;
}

export interface NameSyntax extends Measured {
  readonly type: 'Identifier';
  readonly name: string;
}

/** One step of a path. Only the last step of a path has a reliable measure and span. */
export interface MemberSyntax extends Measured {
  readonly type: 'MemberExpression';
  readonly object: SyntaxNode;
  readonly property: SyntaxNode;
  readonly computed: boolean;
  readonly optional?: boolean;
}

export interface CallSyntax extends Measured {
  readonly type: 'CallExpression';
  readonly callee: SyntaxNode;
  readonly arguments: readonly SyntaxNode[];
}

export interface NotSyntax extends Measured {
  readonly type: 'UnaryExpression';
  readonly argument: SyntaxNode;
}

export interface BinarySyntax extends Measured {
  readonly type: 'BinaryExpression';
  readonly operator: BinaryOperator;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

export interface ListSyntax extends Measured {
  readonly type: 'ArrayExpression';
  readonly elements: readonly SyntaxNode[];
}

/** Parentheses are nodes, because `IN ('a')` is a list and `IN 'a'` is not. Never empty. */
export interface GroupSyntax extends Measured {
  readonly type: 'SequenceExpression';
  readonly expressions: readonly SyntaxNode[];
}

export type BinaryOperator = 'or' | 'and' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** `depth` and `nodes`, counted by the rules of the language's limits. */
export interface Measured {
  readonly span: Span;
  readonly depth: number;
  readonly nodes: number;
}
