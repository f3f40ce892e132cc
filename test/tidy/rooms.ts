import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'vitest';
import { findCircles } from './find-circles.js';
import { bench } from './rooms/bench.js';
import { broker } from './rooms/broker.js';
import { cli } from './rooms/cli.js';
import { client } from './rooms/client.js';
import { conditions } from './rooms/conditions.js';
import { deviceSdk } from './rooms/device-sdk.js';
import { reconciler } from './rooms/reconciler.js';
import { registry } from './rooms/registry.js';
import { type Rooms, TOP } from './rooms/rooms.js';
import { server } from './rooms/server.js';
import { twin } from './rooms/twin.js';
import { root, type Source, sources } from './sources.js';
import { eachImport, expectNone } from './violations.js';

/** By package. */
const ROOMS: Readonly<Record<string, Rooms>> = {
  twin,
  conditions,
  registry,
  reconciler,
  broker,
  server,
  'device-sdk': deviceSdk,
  client,
  cli,
  bench,
};

const divided = Object.entries(ROOMS).filter(([, rooms]) => Object.keys(rooms).length > 0);

test('rooms of a package import each other along their ladder, types aside', () => {
  expectNone(
    eachImport((source, { target, isTypeOnly }) => {
      const rooms = ROOMS[source.home] ?? {};
      if (!isProduct(source) || isTypeOnly || Object.keys(rooms).length === 0) return undefined;
      if (!target?.startsWith(`${source.home}/src/`)) return undefined;
      const [from, to] = [roomOf(source.home, source.path), roomOf(source.home, target)];
      const allowed = rooms[from] ?? (from === TOP ? Object.keys(rooms) : []);
      if (from === to || allowed.includes(to)) return undefined;
      const list = allowed.join(', ') || 'no other room';
      return `${nameOf(from)} may import ${list}; move the code into a room that both may import, or pass it in`;
    }),
  );
});

test('the ladder of rooms has no circles', () => {
  const circles = divided.flatMap(([home, rooms]) =>
    findCircles(new Map(Object.entries(rooms))).map((circle) => `${home}: ${circle}: let one room import the other`),
  );
  expectNone(circles);
});

test('the table of rooms names every room, and only rooms', () => {
  expectNone(
    divided.flatMap(([home, rooms]) => {
      const found = new Set(
        sources.filter((one) => one.home === home && isProduct(one)).map(({ path }) => roomOf(home, path)),
      );
      const named = new Set([...Object.keys(rooms), ...Object.values(rooms).flat()]);
      const table = `test/tidy/rooms/${home}.ts`;
      return [
        ...[...found]
          .filter((room) => room !== TOP && !(room in rooms))
          .map((room) => `${home}/src/${room} is not in ${table}: add it with the rooms it may import`),
        ...[...named]
          .filter((room) => !found.has(room))
          .map((room) => `${home}/src/${room} holds no source file: remove it from ${table}`),
      ];
    }),
  );
});

test('every room says what it promises', () => {
  const rooms = divided.flatMap(([home, table]) =>
    Object.keys(table)
      .filter((room) => room !== TOP)
      .map((room) => join(home, 'src', room)),
  );
  expectNone(
    rooms
      .filter((folder) => !existsSync(join(root, folder, 'README.md')) && !hasDocumentedFile(folder))
      .map(
        (folder) =>
          `${folder} has no README.md, and no index.ts or ${basename(folder)}.ts that begins with a doc comment: say what the room promises and what it may import`,
      ),
  );
});

function isProduct({ isTest, isTesting }: Source): boolean {
  return !isTest && !isTesting;
}

function roomOf(home: string, path: string): string {
  return relative(join(home, 'src'), dirname(path)) || TOP;
}

function nameOf(room: string): string {
  return room === TOP ? 'a file on top' : room;
}

function hasDocumentedFile(folder: string): boolean {
  const first = ['index.ts', `${basename(folder)}.ts`].map((file) => join(folder, file));
  return sources.some(({ path, text }) => first.includes(path) && text.startsWith('/**'));
}
