import { test } from 'vitest';
import { documents, passagesIn } from './documents.js';
import { sentencesIn } from './passages.js';
import { PHRASES } from './phrases.js';
import { expectNone } from './violations.js';

const SENTENCE_WORDS_MAX = 35;

test('documents are written in plain words', () => {
  expectNone(
    documents.flatMap((document) =>
      passagesIn(document).flatMap(({ line, words }) =>
        PHRASES.flatMap(({ pattern, instead }) => {
          const [found] = pattern.exec(words) ?? [];
          return found === undefined ? [] : [`${document.path}:${line} says "${found.trim()}": ${instead}`];
        }),
      ),
    ),
  );
});

test('sentences of documents are short', () => {
  expectNone(
    documents.flatMap((document) =>
      passagesIn(document).flatMap(({ line, words }) =>
        sentencesIn(words)
          .filter((sentence) => sentence.split(' ').length > SENTENCE_WORDS_MAX)
          .map(
            (sentence) =>
              `${document.path}:${line} has a sentence of ${sentence.split(' ').length} words: split it, ${SENTENCE_WORDS_MAX} at most: ${sentence}`,
          ),
      ),
    ),
  );
});
