import ts from 'typescript';
import { lineOf, type Source } from './sources.js';

/** A comment or a text of the code, on one line. */
export interface Passage {
  readonly line: number;
  readonly words: string;
}

/** Returns the comments without their signs; lines that begin with `//` in a row are one comment. */
export function commentsIn(source: Source): Passage[] {
  const comments = withoutLiterals(source).matchAll(/\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+/g);
  return [...comments].map(({ 0: comment, index }) => ({
    line: source.tree.getLineAndCharacterOfPosition(index).line + 1,
    words: comment
      .replace(/^[ \t]*(\/\/|\/?\*+\/?)[ \t]?/gm, '')
      .replace(/\*\/$/, '')
      .replace(/\s+/g, ' ')
      .trim(),
  }));
}

/** Returns the texts of more than one word: others are ids, not sentences. */
export function textsIn({ tree, nodes }: Source): Passage[] {
  return nodes.filter(isText).flatMap((node) => {
    const words = node.text.trim();
    return words.includes(' ') ? [{ line: lineOf(tree, node), words }] : [];
  });
}

/** A sentence ends with its sign, or where an item of a list begins. */
export function sentencesIn(words: string): string[] {
  return words.split(/(?<=[.!?])\s+|\s(?=- )/);
}

/** Blanks what may look like a comment and is none. */
function withoutLiterals({ text, tree, nodes }: Source): string {
  let end = 0;
  let rest = '';
  for (const node of nodes.filter((one) => isText(one) || ts.isRegularExpressionLiteral(one))) {
    const start = node.getStart(tree);
    rest += text.slice(end, start) + ' '.repeat(node.end - start);
    end = node.end;
  }
  return rest + text.slice(end);
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}
