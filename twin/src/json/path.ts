import { isObject, type Json, type JsonObject, own } from './json.js';

/** The names that lead from the root of a document to a value. */
export type Path = readonly string[];

/** Returns the path as a JSON Pointer (RFC 6901). */
export function formatPointer(path: Path): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function valueAt(document: Json, path: Path): Json | undefined {
  let value: Json | undefined = document;
  for (const name of path) value = isObject(value) ? own(value, name) : undefined;
  return value;
}

/** Returns the paths of all values that are not objects, and of empty objects. The root itself is not a leaf. */
export function leafPaths(document: JsonObject): Path[] {
  const paths: Path[] = [];
  collect(document, [], paths);
  return paths;
}

function collect(document: JsonObject, parent: Path, paths: Path[]): void {
  for (const name of Object.keys(document)) {
    const [value, path] = [document[name] as Json, [...parent, name]];
    if (isObject(value) && Object.keys(value).length > 0) collect(value, path, paths);
    else paths.push(path);
  }
}
