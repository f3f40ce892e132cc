import { test } from 'vitest';
import { commentsIn, sentencesIn, textsIn } from './passages.js';
import { PHRASES } from './phrases.js';
import { sources } from './sources.js';
import { expectNone } from './violations.js';

/** Folders at the root whose sentences are checked. */
const CHECKED: readonly string[] = [
  'api',
  'bench',
  'broker',
  'cli',
  'client',
  'conditions',
  'device-sdk',
  'registry',
  'server',
  'test',
  'twin',
];
/** Quotes what it forbids. */
const LIST = 'test/tidy/phrases.ts';
const SENTENCE_WORDS_MAX = 30;

const checked = sources.filter(({ home, path }) => CHECKED.includes(home) && path !== LIST);

test('comments and texts are written in plain words', () => {
  expectNone(
    checked.flatMap((source) =>
      [...commentsIn(source), ...textsIn(source)].flatMap(({ line, words }) =>
        PHRASES.flatMap(({ pattern, instead }) => {
          const [found] = pattern.exec(words) ?? [];
          return found === undefined ? [] : [`${source.path}:${line} says "${found.trim()}": ${instead}`];
        }),
      ),
    ),
  );
});

test('sentences of comments are short', () => {
  expectNone(
    checked.flatMap((source) =>
      commentsIn(source).flatMap(({ line, words }) =>
        sentencesIn(words)
          .filter((sentence) => sentence.split(' ').length > SENTENCE_WORDS_MAX)
          .map(
            (sentence) =>
              `${source.path}:${line} has a sentence of ${sentence.split(' ').length} words: split it, ${SENTENCE_WORDS_MAX} at most: ${sentence}`,
          ),
      ),
    ),
  );
});
