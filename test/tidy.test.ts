import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** What a package may import of the others: by name, never an inner file. Nothing imports bench. */
const LADDER: Readonly<Record<string, readonly string[]>> = {
  twin: [],
  conditions: ['twin'],
  registry: ['twin'],
  reconciler: ['twin', 'conditions', 'registry'],
  broker: ['twin', 'registry'],
  server: ['twin', 'conditions', 'registry', 'reconciler', 'broker'],
  'device-sdk': ['twin'],
  client: ['twin'],
  cli: ['client', 'device-sdk', 'twin'],
  bench: ['twin', 'conditions', 'registry', 'reconciler', 'broker', 'server', 'device-sdk', 'client', 'cli'],
};
/** What only tests of a package may import besides. */
const LADDER_OF_TESTS: Readonly<Record<string, readonly string[]>> = { server: ['client'] };
/** Parts that a single file stands in front of. */
const ONE_FILE_ONLY = ['jsep'];

const PURE = ['twin', 'conditions'];
const IMPURE_NAMES = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'console',
  'performance',
  'globalThis',
];
const OWN_TIME = /^(server|bench|cli|device-sdk|client)\/|^broker\/src\/edge\/|\/src\/testing\//;

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 400;
const UNFINISHED = /\b(TO-?DO|FIX-?ME)\b/;
const GROUPS = ['describe', 'test', 'it'];

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = Object.keys(LADDER).filter(hasContent);
const files = [...packages.flatMap((name) => sourcesBelow(`${name}/src`)), ...sourcesBelow('test')].map(readSource);

interface Source {
  /** From the root of the repository. */
  readonly path: string;
  /** The folder at the root: a package, or `test`. */
  readonly home: string;
  readonly isTest: boolean;
  readonly isTesting: boolean;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

interface Import {
  readonly from: string;
  readonly line: number;
  /** The file it leads to, from the root of the repository; undefined for a package. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
}

function hasContent(name: string): boolean {
  const path = join(root, name, 'src/index.ts');
  return existsSync(path) && readFileSync(path, 'utf8').trim() !== 'export {};';
}

function sourcesBelow(folder: string): string[] {
  const all = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return all.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')).map((path) => join(folder, path));
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const [home = ''] = path.split('/');
  const isTest = path.endsWith('.test.ts') || home === 'test';
  return { path, home, isTest, isTesting: path.includes('/src/testing/'), text, tree, imports: importsOf(path, tree) };
}

function readManifest(folder: string): Record<'dependencies' | 'devDependencies' | 'exports', object> {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return { dependencies: {}, devDependencies: {}, exports: {}, ...manifest };
}

function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    nodes.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return nodes;
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function importsOf(path: string, tree: ts.SourceFile): Import[] {
  return nodesOf(tree).flatMap((node) => {
    const from = importedName(node);
    if (from === undefined) return [];
    const target = from.startsWith('.') ? join(dirname(path), from).replace(/\.js$/, '.ts') : undefined;
    const isTypeOnly = ts.isImportTypeNode(node) || /^(import|export) type\b/.test(node.getText(tree));
    return [{ from, line: lineOf(tree, node), target, isTypeOnly }];
  });
}

/** Declarations, import(), types by import(), and the files of workers: new URL('./x.js', import.meta.url). */
function importedName(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  const file = isUrl ? textOf(node.arguments?.[0]) : undefined;
  return file?.endsWith('.js') && file.startsWith('.') ? file : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** Fails with one line for each violation, which says where it is and what to do instead. */
function expectNone(violations: readonly string[]): void {
  expect(violations, `\n${violations.join('\n')}\n`).toEqual([]);
}

function eachImport(judge: (source: Source, one: Import) => string | undefined): string[] {
  return files.flatMap((source) =>
    source.imports.flatMap((one) => {
      const advice = judge(source, one);
      return advice === undefined ? [] : [`${source.path}:${one.line} imports ${one.from}: ${advice}`];
    }),
  );
}

function eachNode(judge: (source: Source, node: ts.Node) => string | undefined): string[] {
  return files.flatMap((source) =>
    nodesOf(source.tree).flatMap((node) => {
      const advice = judge(source, node);
      return advice === undefined ? [] : [`${source.path}:${lineOf(source.tree, node)} ${advice}`];
    }),
  );
}

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
      if (!(`./${inner}` in readManifest(name).exports)) {
        return `export it from ${name}/src/index.ts and import @muster/${name}`;
      }
      if (inner !== 'testing') return undefined;
      return isTest || isTesting || home === 'bench' ? undefined : 'what is for tests is imported by tests only';
    }),
  );
});

test('a file reaches files of its own package only, and never a test', () => {
  expectNone(
    eachImport(({ home, isTest, isTesting }, { from, target }) => {
      if (from.endsWith('.test.js')) return 'move what is shared into src/testing/';
      if (target === undefined) return undefined;
      const inside = home === 'test' ? 'test/' : `${home}/src/`;
      if (!target.startsWith(inside)) return `import the package by its name, as @muster/${target.split('/')[0]}`;
      if (target.includes('/src/testing/') && !isTest && !isTesting)
        return 'what is for tests is imported by tests only';
      return existsSync(join(root, target)) ? undefined : "write the path of a source file, ending in '.js'";
    }),
  );
});

test('parts from outside are imported only by packages that declare them', () => {
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
      return `declare ${name} in ${home}/package.json, or leave the work to the package that does`;
    }),
  );
  expectNone(
    ONE_FILE_ONLY.flatMap((name) => {
      const users = files
        .filter(({ isTest, imports }) => !isTest && imports.some(({ from }) => from === name))
        .map(({ path }) => path);
      return users.length > 1 ? [`${name} is imported by ${users.join(', ')}: let one file stand in front of it`] : [];
    }),
  );
});

test('files of a package import each other without circles', () => {
  const lasting = (all: readonly Import[]) => all.flatMap((one) => (one.isTypeOnly ? [] : (one.target ?? [])));
  const targets = new Map(files.map(({ path, imports }) => [path, lasting(imports)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  expectNone(circles.map((circle) => `${circle}: move what both need into a file of its own`));
});

test('twin and conditions are pure: values in, values out', () => {
  const isPure = ({ home, isTest, isTesting }: Source) => PURE.includes(home) && !isTest && !isTesting;
  expectNone([
    ...eachImport((source, { from }) =>
      isPure(source) && from.startsWith('node:') ? 'take what it gives as an argument' : undefined,
    ),
    ...eachNode((source, node) => {
      if (!isPure(source)) return undefined;
      if (ts.isAwaitExpression(node)) return 'awaits: answer a value, and let the caller do what takes time';
      if (isProperty(node, 'Math', 'random')) return 'uses Math.random: take the random number as an argument';
      if (!ts.isIdentifier(node) || !IMPURE_NAMES.includes(node.text) || isOnlyAName(node)) return undefined;
      return `uses ${node.text}: take the time, the setting or the logger as an argument`;
    }),
  ]);
});

function isProperty(node: ts.Node, object: string, name: string): boolean {
  return ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === name;
}

/** The name of a member or of something declared here, not a reference to the global. */
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return 'name' in parent && parent.name === node;
}

test('time and chance come in as arguments', () => {
  expectNone(
    eachNode(({ path, isTest }, node) => {
      if (isTest || OWN_TIME.test(path)) return undefined;
      const isBareDate = ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length;
      if (isBareDate || isProperty(node, 'Date', 'now'))
        return 'reads the time: call now() of the Clock that was passed in';
      return isProperty(node, 'Math', 'random') ? 'rolls dice: take the source of chance as an argument' : undefined;
    }),
  );
});

test('nothing that the house does without: any, enum, default exports, unfinished work', () => {
  expectNone([
    ...eachNode((_, node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) return 'says any: say unknown and look, or name the type';
      if (ts.isEnumDeclaration(node)) return 'declares an enum: write a union of texts';
      const isDefault = node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
      const isRenamed = ts.isExportSpecifier(node) && node.name.text === 'default';
      if (isDefault || isRenamed || ts.isExportAssignment(node)) return 'exports a default: export a name';
      return undefined;
    }),
    ...files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (UNFINISHED.test(line) ? [`${path}:${index + 1} is unfinished: finish it`] : [])),
    ),
  ]);
});

/** A callback of describe groups, it is not long by itself; what sits in one counts for itself. */
function isGroup(node: ts.Node, names: readonly string[]): boolean {
  if (!ts.isFunctionLike(node) || !ts.isCallExpression(node.parent)) return false;
  return names.includes(/^\w+/.exec(node.parent.expression.getText())?.[0] ?? '');
}

function functionLines(tree: ts.SourceFile, node: ts.Node): number {
  const lines = (one: ts.Node) => tree.getLineAndCharacterOfPosition(one.end).line + 2 - lineOf(tree, one);
  const groups = nodesOf(node).filter((one) => one !== node && isGroup(one, GROUPS));
  const outermost = groups.filter(
    (one) => !groups.some((other) => other !== one && other.pos <= one.pos && one.end <= other.end),
  );
  return outermost.reduce((rest, group) => rest - lines(group), lines(node));
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

test('whoever starts the server gives it the heap options of npm start', () => {
  const { start } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const options = start.match(/--\S+/g);
  expect(options).toHaveLength(2);
  for (const file of ['cli/src/commands/up.ts', 'bench/src/muster-process.ts']) {
    const [, list] = readFileSync(join(root, file), 'utf8').match(/HEAP_OPTIONS = \[(.*)\];/) ?? [];
    expect(list?.match(/--[^']+/g), file).toEqual(options);
  }
});

test('functions and files stay short', () => {
  const functions = files.flatMap((source) =>
    nodesOf(source.tree)
      .filter((node) => isFunction(node) && !isGroup(node, ['describe']))
      .map((node) => ({ source, line: lineOf(source.tree, node), lines: functionLines(source.tree, node) })),
  );
  const fileLines = files.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
  const shipped = functions.filter(({ source }) => !source.isTest);
  process.stdout.write(
    `lines of a function: ${quantiles(shipped)}; of a file: ${quantiles(fileLines.filter(({ path }) => !/\.test\.ts$/.test(path)))}\n`,
  );
  expectNone([
    ...functions
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(
        ({ source, line, lines }) =>
          `${source.path}:${line} is a function of ${lines} lines: split it, ${FUNCTION_LINES_MAX} at most`,
      ),
    ...fileLines
      .filter(({ lines }) => lines > FILE_LINES_MAX)
      .map(({ path, lines }) => `${path} has ${lines} lines: split it by what it exports, ${FILE_LINES_MAX} at most`),
  ]);
});

function quantiles(all: readonly { readonly lines: number }[]): string {
  const sorted = all.map(({ lines }) => lines).toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return `median ${at(0.5)}, p90 ${at(0.9)}`;
}

test('every package says what it promises', () => {
  expectNone(
    packages.flatMap((name) => [
      ...(existsSync(join(root, name, 'README.md'))
        ? []
        : [`${name}/README.md is missing: what it promises, how it is used`]),
      ...(readFileSync(join(root, name, 'src/index.ts'), 'utf8').startsWith('/**')
        ? []
        : [`${name}/src/index.ts begins without a doc comment: say what the package promises`]),
    ]),
  );
});

test('every source file is reached from an entry point of its package', () => {
  const isEntry = (path: string) => /^[^/]+\/src\/((testing\/)?index|main|bin)\.ts$/.test(path);
  const shipped = reachedFrom([...files.map(({ path }) => path).filter(isEntry), ...namedEntries()]);
  const tests = files.filter(({ isTest }) => isTest);
  const tested = reachedFrom(tests.map(({ path }) => path));
  // A program that a test starts as a process of its own is named in the test.
  const isStarted = (path: string) => tests.some(({ text }) => text.includes(`'${basename(path, '.ts')}'`));
  const dead = files.filter(({ path, isTest, isTesting }) => {
    if (isTest || shipped.has(path)) return false;
    return !(isTesting && (tested.has(path) || isStarted(path)));
  });
  expectNone(dead.map(({ path }) => `${path} is reached from nowhere: export what it has, or delete it`));
});

function reachedFrom(entries: readonly string[]): Set<string> {
  const imports = new Map(files.map(({ path, imports: all }) => [path, all]));
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
