/** The sources of all packages and of `test/`, read and parsed once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { LADDER } from './ladder.js';

export interface Source {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** The folder at the root: a package, or `test`. */
  readonly home: string;
  readonly isTest: boolean;
  readonly isTesting: boolean;
  readonly text: string;
  readonly tree: ts.SourceFile;
  /** All nodes of the tree, parents before children. */
  readonly nodes: readonly ts.Node[];
  readonly imports: readonly Import[];
}

export interface Import {
  readonly from: string;
  readonly line: number;
  /** Whether the compiler drops it: `import type`, `export type`, and a list of nothing but types. */
  readonly isTypeOnly: boolean;
  /** The imported file, relative to the root of the repository; undefined for a package. */
  readonly target: string | undefined;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const packages = Object.keys(LADDER).filter(hasContent);
export const sources = [...packages.flatMap((name) => sourcesBelow(`${name}/src`)), ...sourcesBelow('test')].map(
  readSource,
);

export function readManifest(folder: string): Record<'dependencies' | 'devDependencies', object> {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return { dependencies: {}, devDependencies: {}, ...manifest };
}

export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    nodes.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return nodes;
}

export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
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
  return parseSource(path, readFileSync(join(root, path), 'utf8'));
}

export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const nodes = nodesOf(tree);
  const [home = ''] = path.split('/');
  const isTest = path.endsWith('.test.ts') || home === 'test';
  const imports = nodes.flatMap((node) => importOf(path, tree, node) ?? []);
  return { path, home, isTest, isTesting: path.includes('/src/testing/'), text, tree, nodes, imports };
}

function importOf(path: string, tree: ts.SourceFile, node: ts.Node): Import | undefined {
  const from = importedName(node);
  if (from === undefined) return undefined;
  const target = from.startsWith('.') ? join(dirname(path), from).replace(/\.js$/, '.ts') : undefined;
  return { from, line: lineOf(tree, node), isTypeOnly: isTypeOnly(node), target };
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

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || areTypes(node.exportClause);
  if (!ts.isImportDeclaration(node) || !node.importClause) return false;
  const { phaseModifier, name, namedBindings } = node.importClause;
  return phaseModifier === ts.SyntaxKind.TypeKeyword || (!name && areTypes(namedBindings));
}

function areTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false;
  return names.elements.length > 0 && names.elements.every((name) => name.isTypeOnly);
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}
