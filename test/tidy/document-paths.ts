import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'vitest';
import { type Document, documents } from './documents.js';
import { root, sources } from './sources.js';
import { expectNone } from './violations.js';

/** Has the names of older commits. */
const HISTORY = 'docs/track-record.md';

const names = new Set(sources.map(({ path }) => basename(path)));

test('documents name files that exist', () => {
  expectNone(
    documents.flatMap((document) =>
      [...namedFiles(document), ...linkedFiles(document)].map(
        (file) => `${document.path} names ${file}, which does not exist: name the file that has the content today`,
      ),
    ),
  );
});

test('documents name members and types that exist', () => {
  const known = new Set(sources.flatMap(({ text }) => text.match(/[A-Za-z_$][\w$]*/g) ?? []));
  expectNone(
    documents
      .filter(({ path }) => path !== HISTORY)
      .flatMap((document) =>
        namedMembers(document)
          .filter((name) => !known.has(name))
          .map((name) => `${document.path} names ${name}, which does not exist: use the name of today`),
      ),
  );
});

/** A path begins at the root, at the document, or in the sources of its package; a name without a path is unique enough. */
function namedFiles({ path, text }: Document): string[] {
  const [home = ''] = path.split('/');
  const bases = ['', dirname(path), `${home}/src`];
  const named = text.matchAll(/(?<![\w./@{*-])[\w@-][\w./@-]*\.(?:ts|md)\b/g);
  return [...named]
    .map(([file]) => file)
    .filter((file) => !names.has(file) && !bases.some((base) => existsSync(join(root, base, file))));
}

/** Returns words in camel case within code: others may be words of a language or of the protocol. */
function namedMembers({ text }: Document): string[] {
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inner = '']) => inner);
  return code.flatMap((inner) => inner.match(/\b[A-Za-z]\w*[a-z][A-Z]\w*|\b[a-z][A-Z]\w*/g) ?? []);
}

function linkedFiles({ path, text }: Document): string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^\w+:/.test(target) && !existsSync(join(root, dirname(path), target)));
}
