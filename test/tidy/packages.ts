import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { LADDER, LADDER_OF_TESTS } from './ladder.js';
import { packages, readManifest, root, sources } from './sources.js';
import { eachImport, expectNone } from './violations.js';

/** Packages from outside that exactly one file may import. */
const ONE_FILE_ONLY = ['jsep'];

test('packages import each other along the ladder, by name', () => {
  expectNone(
    eachImport(({ home, isTest, isTesting }, { from }) => {
      const [, name, inner] = /^@muster\/([^/]+)(?:\/(.+))?$/.exec(from) ?? [];
      if (name === undefined || home === 'test') return undefined;
      const allowed = [...(LADDER[home] ?? []), ...(isTest ? (LADDER_OF_TESTS[home] ?? []) : [])];
      if (name === home && !isTest) return `import the file itself, './${name}.js' or the like`;
      if (name !== home && !allowed.includes(name)) {
        return `${home} may import ${allowed.join(', ') || 'nothing'}; move the code down the ladder, or pass it in`;
      }
      if (inner === undefined) return undefined;
      if (inner !== 'testing' || !existsSync(join(root, name, 'src/testing/index.ts'))) {
        return `export it from ${name}/src/index.ts and import @muster/${name}`;
      }
      return isTest || isTesting || home === 'bench' ? undefined : 'only tests import code for tests';
    }),
  );
});

test('a file imports files of its own package only, and never a test', () => {
  expectNone(
    eachImport(({ home, isTest, isTesting }, { from, target }) => {
      if (from.endsWith('.test.js')) return 'move the shared code into src/testing/';
      if (target === undefined) return undefined;
      const inside = home === 'test' ? 'test/' : `${home}/src/`;
      if (!target.startsWith(inside)) return `import the package by its name, as @muster/${target.split('/')[0]}`;
      if (target.includes('/src/testing/') && !isTest && !isTesting) return 'only tests import code for tests';
      return existsSync(join(root, target)) ? undefined : "write the path of a source file, ending in '.js'";
    }),
  );
});

test('only packages that declare a dependency import it', () => {
  const declared = (folder: string): string[] => {
    const { dependencies, devDependencies } = readManifest(folder);
    return [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  };
  const shared = declared('.');
  expectNone(
    eachImport(({ home, isTest, isTesting }, { from, target }) => {
      if (target !== undefined || from.startsWith('node:') || from.startsWith('.')) return undefined;
      const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/');
      if (home === 'test' && name.startsWith('@muster/')) return undefined;
      if ((isTest || isTesting) && (shared.includes(name) || name === `@muster/${home}`)) return undefined;
      if (home !== 'test' && declared(home).includes(name)) return undefined;
      return `declare ${name} in ${home}/package.json, or leave the work to the package that declares it`;
    }),
  );
});

test('one file stands in front of a dependency that is to be replaceable', () => {
  expectNone(
    ONE_FILE_ONLY.flatMap((name) => {
      const users = sources
        .filter(({ isTest, imports }) => !isTest && imports.some(({ from }) => from === name))
        .map(({ path }) => path);
      return users.length > 1 ? [`${users.join(', ')} import ${name}: put one file in front of it`] : [];
    }),
  );
});

test('every package says what it promises', () => {
  expectNone(
    packages.flatMap((name) => [
      ...(existsSync(join(root, name, 'README.md'))
        ? []
        : [`${name}/README.md is missing: say what the package promises and how it is used`]),
      ...(readFileSync(join(root, name, 'src/index.ts'), 'utf8').startsWith('/**')
        ? []
        : [`${name}/src/index.ts begins without a doc comment: say what the package promises`]),
    ]),
  );
});
