import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'vitest';
import { packages, root, sources } from './sources.js';
import { expectNone } from './violations.js';

test('every source file is reached from an entry point of its package', () => {
  const isEntry = (path: string) => /^[^/]+\/src\/((testing\/)?index|main|bin)\.ts$/.test(path);
  const shipped = reachedFrom([...sources.map(({ path }) => path).filter(isEntry), ...namedEntries()]);
  const tests = sources.filter(({ isTest }) => isTest);
  const tested = reachedFrom(tests.map(({ path }) => path));
  // A test that starts a program as a process of its own names it.
  const isStarted = (path: string) => tests.some(({ text }) => text.includes(`'${basename(path, '.ts')}'`));
  const dead = sources.filter(({ path, isTest, isTesting }) => {
    if (isTest || shipped.has(path)) return false;
    return !(isTesting && (tested.has(path) || isStarted(path)));
  });
  expectNone(dead.map(({ path }) => `${path} is reached from no entry point: export its content, or delete it`));
});

function reachedFrom(entries: readonly string[]): Set<string> {
  const imports = new Map(sources.map(({ path, imports: all }) => [path, all]));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { target } of imports.get(path) ?? []) if (target !== undefined) reach(target);
  };
  for (const path of entries) reach(path);
  return reached;
}

/** Built files that manifests, scripts and launchers name: `server/dist/main.js` is `server/src/main.ts`. */
function namedEntries(): string[] {
  const launchers = ['scripts', ...packages.map((name) => `${name}/bin`)].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [],
  );
  const naming = ['package.json', ...packages.map((name) => `${name}/package.json`), ...launchers];
  return naming.flatMap((path) => {
    const home = path === 'package.json' || path.startsWith('scripts/') ? '.' : dirname(path);
    const named = readFileSync(join(root, path), 'utf8').matchAll(/[\w./-]*dist\/[\w./-]+\.js/g);
    return [...named].map(([file]) =>
      relative(root, resolve(root, home, file))
        .replace('/dist/', '/src/')
        .replace(/\.js$/, '.ts'),
    );
  });
}
