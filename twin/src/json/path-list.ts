import { TwinError } from '../protocol/error.js';

const BARE = /[\p{L}\p{N}_$]+/uy;
const QUOTED = /\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/sy;

/** Parses a list of paths such as `id,tags.region,tags['a b']`. Each path is the list of names down to one value. */
export function parsePathList(text: string): string[][] {
  const paths: string[][] = [];
  for (let index = 0; ; index += 1) {
    const { path, end } = readPath(text, index);
    paths.push(path);
    if (end === text.length) return paths;
    if (text[end] !== ',') throw badSelect(`"${text.slice(end, end + 20)}" does not fit`);
    index = end;
  }
}

/** Returns the error for a `select` that does not name paths of a twin. */
export function badSelect(reason: string): TwinError {
  return new TwinError('bad-request', `select: ${reason}; paths look like id,tags.region,tags['a b']`);
}

function readPath(text: string, start: number): { path: string[]; end: number } {
  let [name, end] = readBare(text, skipBlanks(text, start));
  const path = [name];
  for (;;) {
    if (text[end] === '.') [name, end] = readBare(text, end + 1);
    else if (text[end] === '[') [name, end] = readQuoted(text, end);
    else return { path, end: skipBlanks(text, end) };
    path.push(name);
  }
}

function readBare(text: string, start: number): [name: string, end: number] {
  BARE.lastIndex = start;
  const [name] = BARE.exec(text) ?? [];
  if (name === undefined) throw badSelect('a name is missing');
  return [name, start + name.length];
}

function readQuoted(text: string, start: number): [name: string, end: number] {
  QUOTED.lastIndex = start;
  const [whole, single, double] = QUOTED.exec(text) ?? [];
  if (whole === undefined) throw badSelect('a bracket holds one quoted name');
  return [(single ?? double ?? '').replaceAll(/\\(.)/gs, '$1'), start + whole.length];
}

function skipBlanks(text: string, start: number): number {
  let end = start;
  while (text[end] === ' ') end += 1;
  return end;
}
