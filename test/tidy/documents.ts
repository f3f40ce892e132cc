/** The Markdown files of the repository, read once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Passage } from './passages.js';
import { root } from './sources.js';

export interface Document {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const SKIPPED_FOLDERS: readonly string[] = ['node_modules', 'dist', 'data', 'coverage'];

export const documents: readonly Document[] = pathsBelow('').map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));

function pathsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return path.endsWith('.md') ? [path] : [];
    return entry.name.startsWith('.') || SKIPPED_FOLDERS.includes(entry.name) ? [] : pathsBelow(path);
  });
}

/** Returns headings, paragraphs, items and cells, each on one line, without code and the targets of links. */
export function passagesIn({ text }: Document): Passage[] {
  const passages: { line: number; words: string }[] = [];
  let isOpen = false;
  withoutCodeBlocks(text)
    .split('\n')
    .forEach((row, at) => {
      const words = row.trim();
      const begins = /^(#|\||[-*] |\d+\. )/.test(words);
      if (words === '') isOpen = false;
      else if (words.startsWith('|')) passages.push(...cellsOf(words).map((cell) => ({ line: at + 1, words: cell })));
      else if (isOpen && !begins) extend(passages, words);
      else passages.push({ line: at + 1, words: words.replace(/^(#+|[-*]|\d+\.) /, '') });
      if (words !== '') isOpen = !/^[#|]/.test(words);
    });
  return passages.map(({ line, words }) => ({ line, words: plainText(words) }));
}

function extend(passages: { words: string }[], words: string): void {
  const last = passages.at(-1);
  if (last) last.words += ` ${words}`;
}

function cellsOf(row: string): string[] {
  const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return cells.filter((cell) => /[a-z]/i.test(cell));
}

/** Keeps the lines, so that a passage keeps its number. A list is never indented by four spaces after an empty line. */
function withoutCodeBlocks(text: string): string {
  const blank = (block: string): string => block.replace(/[^\n]/g, '');
  return text
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/^```[\s\S]*?^```$/gm, blank)
    .replace(/(?<=^|\n\n)(?: {4}.*\n|\n(?= {4}))+/g, blank);
}

function plainText(words: string): string {
  return words
    .replace(/`[^`]*`/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*+/g, '');
}
