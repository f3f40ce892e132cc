import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../process/support/root.js';
import { Scope } from '../process/support/scope.js';
import { succeed } from '../process/support/succeed.js';

/** All packages but bench, which is for this repository only. */
const PACKAGES: readonly string[] = readManifest(ROOT).workspaces.filter((name: string) => name !== 'bench');
/** Packing compiles, and installing may download. */
const INSTALL_MAX_MS = 600_000;

const scope = Scope.ofFile();
let folder = '';

/** Packs every package and installs the tarballs into an empty folder. */
beforeAll(async () => {
  folder = scope.temporaryFolder();
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}\n');
  const names = PACKAGES.flatMap((name) => ['--workspace', name]);
  await succeed(scope, 'npm', ['run', 'build'], {});
  await succeed(scope, 'npm', ['pack', '--silent', ...names, '--pack-destination', tarballs], {});
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await succeed(scope, 'npm', ['install', ...options, ...files], { workingDirectory: folder });
}, INSTALL_MAX_MS);

function readManifest(home: string) {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
}

describe.each(PACKAGES)('the packed %s', (name) => {
  const home = (): string => join(folder, 'node_modules/@muster', name);
  const filesOf = (): string[] => {
    const entries = readdirSync(home(), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  test('has a licence, a README, types, and the files that its manifest names', () => {
    expect(readFileSync(join(home(), 'LICENSE'), 'utf8')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
    const { exports, bin = {} } = readManifest(home());
    expect(exports['.'].types).toBe('./dist/index.d.ts');
    const named = [...Object.values<Record<string, string>>(exports).flatMap(Object.values), ...Object.values(bin)];
    for (const file of ['README.md', ...named]) expect(existsSync(join(home(), String(file))), String(file)).toBe(true);
  });

  test('has no test code and no source maps', () => {
    const unwanted = /\.test\.|\/testing\/|\.map$|\.tsbuildinfo$|\/src\//;
    expect(filesOf().filter((file) => unwanted.test(file.slice(home().length)))).toEqual([]);
    expect(filesOf().filter((file) => readFileSync(file, 'utf8').includes('sourceMappingURL'))).toEqual([]);
  });

  test('imports only files that it has and packages that it depends on', () => {
    const { dependencies = {}, peerDependencies = {} } = readManifest(home());
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    const missing = filesOf().flatMap((file) => {
      if (!/\.(js|d\.ts)$/.test(file)) return [];
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
      const names = importedFiles.map(({ fileName }) => fileName);
      return names.filter((from) => !isThere(file, from, declared)).map((from) => `${file}: ${from}`);
    });
    expect(missing).toEqual([]);
  });
});

function isThere(file: string, from: string, declared: readonly string[]): boolean {
  if (from.startsWith('node:')) return true;
  if (from.startsWith('.')) return existsSync(join(dirname(file), from));
  return declared.includes(from.split('/', from.startsWith('@') ? 2 : 1).join('/'));
}

test('the types of the packages compile in a program that uses them', async () => {
  const program = `
    import { Client } from '@muster/client';
    import { Device } from '@muster/device-sdk';
    import { startServer } from '@muster/server';
    import { resolve } from '@muster/twin';
    const client = new Client({ url: 'http://127.0.0.1:8080', token: '' });
    export const name: Promise<string> = client.devices.get('truck-1').then((device) => device.name);
    export const used: readonly unknown[] = [Device, startServer, resolve];
  `;
  writeFileSync(join(folder, 'program.ts'), program);
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', ...types];
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await succeed(scope, process.execPath, [compiler, ...options, 'program.ts'], { workingDirectory: folder });
});

test.each(['muster-server', 'up'])(
  'the installed programs run a server (%s), a device and a client',
  async (starter) => {
    copyFileSync(join(ROOT, 'scripts/smoke.js'), join(folder, 'smoke.js'));
    const story = await succeed(scope, process.execPath, ['smoke.js', starter], { workingDirectory: folder });
    expect(story).toContain(`smoke: ${starter} passed`);
  },
);
