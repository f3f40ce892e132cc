import { test } from 'vitest';
import { findCircles } from './find-circles.js';
import { sources } from './sources.js';
import { expectNone } from './violations.js';

test('files of a package import each other without circles, types aside', () => {
  const targets = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, isTypeOnly }) => (target === undefined || isTypeOnly ? [] : [target])),
    ]),
  );
  expectNone(findCircles(targets).map((circle) => `${circle}: move the code that both need into a file of its own`));
});
