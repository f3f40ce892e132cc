import { LIMITS } from '@muster/twin';
import * as jsepModule from 'jsep';
import type { Span } from '../language/condition.js';
import { joinSpans, measure, measureAround, refuseDepth } from './measure.js';
import { refuse } from './refuse.js';
import { suggestBrackets } from './suggest.js';
import type { BinaryOperator, MemberSyntax, SyntaxNode } from './syntax-node.js';
import { decodeTextLiteral } from './text-literal.js';
import { refuseUnexpected, wordAt } from './unexpected.js';

/** Parses a text that is one expression within every limit. Any other text is a `bad-condition`. */
export function parseSyntax(text: string): SyntaxNode {
  return new SyntaxParser(text).parseWhole();
}

/** The parts of jsep's parser that this file uses; the typings of jsep declare only the function. */
interface JsepParser {
  readonly expr: string;
  readonly code: number;
  index: number;
  gobbleSpaces(): void;
  gobbleExpression(): SyntaxNode;
  gobbleBinaryExpression(minPrecedence?: number): SyntaxNode;
  gobbleBinaryOp(): string | undefined;
  gobbleToken(): SyntaxNode;
  gobbleTokenProperty(node: SyntaxNode): SyntaxNode;
  gobbleIdentifier(): SyntaxNode;
  gobbleStringLiteral(): unknown;
  gobbleNumericLiteral(): SyntaxNode;
  gobbleArray(): SyntaxNode;
  gobbleGroup(): SyntaxNode;
  gobbleArguments(termination: number): SyntaxNode[];
  runHook(name: string, node?: SyntaxNode): SyntaxNode | undefined;
  searchHook(name: string): undefined;
  throwError(message: string): never;
}

const { Jsep } = jsepModule as unknown as { readonly Jsep: new (text: string) => JsepParser };

/**
 * jsep keeps its grammar in tables that the whole process shares, and any other user of jsep may change them. Every
 * method that reads a table is therefore replaced here, so that the grammar below always applies. One instance
 * parses one text.
 */
class SyntaxParser extends Jsep {
  /**
   * Open tokens. They limit the recursion before there is a tree to measure. The name in the brackets of a path is a
   * token but not a level, hence one more than the limit.
   */
  #open = 0;

  parseWhole(): SyntaxNode {
    const node = this.gobbleExpression();
    if (this.index < this.expr.length) refuseUnexpected(this.expr, this.index);
    return node;
  }

  /** Precedence climbing. NOT is not a binary operator: `gobbleToken` reads it together with its comparison. */
  override gobbleBinaryExpression(minPrecedence: number = PRECEDENCE.or): SyntaxNode {
    let left = this.gobbleToken();
    for (;;) {
      const end = this.index;
      const operator = this.gobbleBinaryOp();
      if (operator === undefined || PRECEDENCE[operator] < minPrecedence) {
        this.index = end;
        return left;
      }
      if (PRECEDENCE[operator] === COMPARISON && left.type === 'BinaryExpression') this.#refuseChain(end);
      const right = this.gobbleBinaryExpression(PRECEDENCE[operator] + 1);
      left = measure({ type: 'BinaryExpression', operator, left, right }, joinSpans(left.span, right.span), [
        left,
        right,
      ]);
    }
  }

  override gobbleBinaryOp(): BinaryOperator | undefined {
    this.gobbleSpaces();
    const written = this.#take(OPERATOR);
    return written === undefined ? undefined : OPERATORS.get(written.toLowerCase().replace(/\s+/g, ' '));
  }

  override gobbleToken(): SyntaxNode {
    this.gobbleSpaces();
    const start = this.index;
    this.#open += 1;
    if (this.#open > LIMITS.conditionDepthMax + 1)
      refuseDepth({ position: start, length: Math.min(1, this.expr.length - start) });
    const node = this.#gobbleTokenAt(this.expr.charAt(start));
    this.#open -= 1;
    return node;
  }

  #gobbleTokenAt(character: string): SyntaxNode {
    if (character === "'" || character === '"') return this.#gobbleText();
    if (character === '[') return this.gobbleArray();
    if (character === '(') return this.gobbleGroup();
    if (character === '!') return this.#gobbleNot(1);
    if (this.#sees(NUMBER_START)) return this.gobbleNumericLiteral();
    return this.#gobbleWord();
  }

  #gobbleWord(): SyntaxNode {
    const start = this.index;
    const word = this.#visit(WORD)?.toUpperCase();
    if (word === undefined) return refuseUnexpected(this.expr, start);
    if (word === 'NOT') return this.#gobbleNot(word.length);
    if (word === 'AND' || word === 'OR' || word === 'IN') return refuseUnexpected(this.expr, start);
    const name = this.gobbleIdentifier();
    const value = WORDS.get(word);
    if (value !== undefined) return measure({ type: 'Literal', value }, name.span);
    return this.gobbleTokenProperty(name);
  }

  /** NOT applies to a whole comparison: `NOT a = 1` is `NOT (a = 1)`. */
  #gobbleNot(length: number): SyntaxNode {
    const span = { position: this.index, length };
    this.index += length;
    const argument = this.gobbleBinaryExpression(COMPARISON);
    return measure({ type: 'UnaryExpression', argument }, joinSpans(span, argument.span), [argument]);
  }

  /** Parses the rest after a name: `.name`, `['name']` and `(arguments)`. */
  override gobbleTokenProperty(name: SyntaxNode): SyntaxNode {
    const start = name.span.position;
    const node = super.gobbleTokenProperty(name);
    const last = node.type === 'MemberExpression' ? node.property : node;
    if (last.type === 'Identifier') this.#refuseUnquotedName(start, last.span);
    if (node === name) return name;
    const span = { position: start, length: this.expr.slice(start, this.index).trimEnd().length };
    return node.type === 'CallExpression' ? measure(node, span, node.arguments) : measure(node as MemberSyntax, span);
  }

  /** Refuses `site-code` or `größe` without brackets: the name continues after the identifier. */
  #refuseUnquotedName(start: number, identifier: Span): void {
    const word = wordAt(this.expr, identifier.position);
    if (word.length <= identifier.length) return;
    const before = this.expr.slice(start, identifier.position).trimEnd().replace(/\.$/, '');
    const path = before === '' || before === 'device' ? 'device.tags' : before;
    refuse(
      { position: identifier.position, length: word.length },
      `${word} is not a plain name`,
      suggestBrackets(path, word),
    );
  }

  /** Reads ASCII only: jsep treats the no-break space as a letter. */
  override gobbleIdentifier(): SyntaxNode {
    const position = this.index;
    const name = this.#take(WORD);
    if (name !== undefined) return measure({ type: 'Identifier', name }, { position, length: name.length });
    const word = wordAt(this.expr, position);
    if (word === '' || !CAN_BE_NAME.test(word)) return refuseUnexpected(this.expr, position);
    return refuse(
      { position, length: word.length },
      `${word} is not a plain name`,
      suggestBrackets('device.tags', word),
    );
  }

  #gobbleText(): SyntaxNode {
    const position = this.index;
    if (!this.#sees(CLOSED_TEXT)) {
      const span = { position, length: this.expr.length - position };
      refuse(
        span,
        'the text has no end',
        `close it with ${this.expr.charAt(position)}, or write \\${this.expr.charAt(position)} for a quote within it`,
      );
    }
    super.gobbleStringLiteral();
    const raw = this.expr.slice(position, this.index);
    return measure({ type: 'Literal', value: decodeTextLiteral(raw, position) }, { position, length: raw.length });
  }

  override gobbleNumericLiteral(): SyntaxNode {
    const position = this.index;
    const written = this.#take(WRITTEN_NUMBER) ?? '';
    const span = { position, length: written.length };
    if (!NUMBER.test(written)) refuse(span, `${written} is not a number`, 'write numbers as in JSON: 20, -2.5, 1e6');
    const value = Number(written);
    const isWhole = /^-?\d+$/.test(written);
    if (!Number.isFinite(value) || (isWhole && !Number.isSafeInteger(value))) {
      refuse(
        span,
        `the number ${written.slice(0, 40)} is out of range`,
        'integers reach to ±(2^53 − 1); use a text for others',
      );
    }
    return measure({ type: 'Literal', value: value === 0 ? 0 : value }, span);
  }

  override gobbleArray(): SyntaxNode {
    const position = this.index;
    this.index += 1;
    const elements = this.gobbleArguments(CLOSING_BRACKET);
    return measureAround({ type: 'ArrayExpression', elements }, { position, length: this.index - position }, elements);
  }

  override gobbleGroup(): SyntaxNode {
    const position = this.index;
    this.index += 1;
    const expressions = this.gobbleArguments(CLOSING_PARENTHESIS);
    const span = { position, length: this.index - position };
    if (expressions.length === 0) refuse(span, 'these parentheses are empty', 'put a condition or a list into them');
    return measureAround({ type: 'SequenceExpression', expressions }, span, expressions);
  }

  /** Reads expressions with exactly one comma between two of them. `index` is after the opening character. */
  override gobbleArguments(termination: number): SyntaxNode[] {
    const opening = this.index - 1;
    const expressions: SyntaxNode[] = [];
    this.gobbleSpaces();
    while (this.code !== termination || expressions.length > 0) {
      if (this.index >= this.expr.length) refuseUnclosed(this.expr, opening);
      expressions.push(this.gobbleExpression());
      if (this.code === termination) break;
      if (this.index < this.expr.length && this.code !== COMMA) refuseUnexpected(this.expr, this.index);
      if (this.code === COMMA) this.index += 1;
    }
    this.index += 1;
    return expressions;
  }

  /** Plugins of other users of jsep have no effect here. */
  override runHook(_name: string, node?: SyntaxNode): SyntaxNode | undefined {
    return node;
  }

  override searchHook(_name: string): undefined {
    return undefined;
  }

  /** The only errors that jsep itself still finds: brackets of a path with more than a name, or not closed. */
  override throwError(_message: string): never {
    const span = { position: this.index, length: Math.min(1, this.expr.length - this.index) };
    return refuse(
      span,
      'the brackets of a path are not closed here',
      "write one name in quotes, as in device.tags['a b']",
    );
  }

  /** The second operator of a chain is between `end` and `index`, after spaces. */
  #refuseChain(end: number): never {
    const { length } = this.expr.slice(end, this.index).trimStart();
    const span = { position: this.index - length, length };
    return refuse(span, 'comparisons cannot be chained', 'join two comparisons with AND: 1 < x AND x < 3');
  }

  #sees(pattern: RegExp): boolean {
    return this.#visit(pattern) !== undefined;
  }

  /** Takes a sticky pattern, which matches only at its `lastIndex`. */
  #visit(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.index;
    return pattern.exec(this.expr)?.[0];
  }

  #take(pattern: RegExp): string | undefined {
    const written = this.#visit(pattern);
    this.index += written?.length ?? 0;
    return written;
  }
}

const COMPARISON = 3;

/** Higher binds tighter. */
const PRECEDENCE: { readonly [operator in BinaryOperator]: number } = {
  or: 1,
  and: 2,
  '=': COMPARISON,
  '!=': COMPARISON,
  '<': COMPARISON,
  '<=': COMPARISON,
  '>': COMPARISON,
  '>=': COMPARISON,
  in: COMPARISON,
  'not in': COMPARISON,
};

const OPERATORS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['or', 'or'],
  ['||', 'or'],
  ['and', 'and'],
  ['&&', 'and'],
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['in', 'in'],
  ['not in', 'not in'],
]);

/** Longest first. A word is an operator only if no letter follows: ORDER is a name. */
const OPERATOR = /\|\||&&|==|!=|<>|<=|>=|[=<>]|(?:or|and|in|not[ \t\r\n]+in)(?![\w$])/iy;

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);

const WORD = /[A-Za-z_$][\w$]*/y;
const CAN_BE_NAME = /^[\p{L}\p{N}_$-]/u;
const NUMBER_START = /-?\.?\d/y;
/** The characters that may be meant as one number, so that the error can show all of them. */
const WRITTEN_NUMBER = /-?(?:e[+-]?\d+|[\w$.])+/iy;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const CLOSED_TEXT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;

const COMMA = 0x2c;
const CLOSING_PARENTHESIS = 0x29;
const CLOSING_BRACKET = 0x5d;

function refuseUnclosed(text: string, position: number): never {
  const opening = text.charAt(position);
  return refuse({ position, length: 1 }, `this ${opening} is never closed`, `add ${opening === '(' ? ')' : ']'}`);
}
