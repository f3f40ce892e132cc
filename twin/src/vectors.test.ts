import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDocument, type DocumentKind } from './document/document.js';
import { documentAt, remember, type Trail } from './document/trail.js';
import type { Json, JsonObject } from './json/json.js';
import { diff, mergePatch } from './json/merge-patch.js';
import { parseJson } from './json/parse.js';
import { explainLayers } from './layer/explain.js';
import { type Layer, layerName, resolve } from './layer/layer.js';
import { type Held, receiveDesired } from './message/desired-message.js';
import { parseReport } from './message/report.js';
import { isTwinError } from './protocol/error.js';
import { parseServiceTopic } from './protocol/topic.js';

type Vector<Input> = Input & { readonly name: string; readonly expected: unknown };

function vectors<Input>(file: string): readonly Vector<Input>[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), 'utf8'));
}

/** Returns the result, or the code of the expected failure. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (isTwinError(error)) return error.code;
    throw error;
  }
}

describe('merge-patch', () => {
  const all = vectors<{ target: Json; patch: Json }>('merge-patch');

  test.each(all)('$name', ({ target, patch, expected }) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  test('holds the 15 cases of the appendix', () => {
    expect(all.filter(({ name }) => name.startsWith('RFC 7396 appendix A'))).toHaveLength(15);
  });
});

describe('diff', () => {
  test.each(vectors<{ before: JsonObject; after: JsonObject }>('diff'))('$name', ({ before, after, expected }) => {
    expect(diff(before, after)).toEqual(expected);
  });
});

describe('resolve', () => {
  test.each(vectors<{ layers: Layer[] }>('resolve'))('$name', ({ layers, expected }) => {
    expect(resolve(layers)).toEqual(expected);
  });
});

describe('explain', () => {
  test.each(vectors<{ layers: Layer[] }>('explain'))('$name', ({ layers, expected }) => {
    const told = [...explainLayers(layers)].map(([path, { winner, beat, ...value }]) => {
      const beaten = beat.map((one) => ({ ...one, layer: layerName(one.layer) }));
      return [path, { ...value, winner: layerName(winner), beat: beaten }];
    });
    expect(Object.fromEntries(told)).toEqual(expected);
  });
});

describe('device-messages', () => {
  test.each(vectors<{ held: Held; message: Json }>('device-messages'))('$name', ({ held, message, expected }) => {
    const reception = receiveDesired(held, message);
    const { kind } = reception;
    expect(reception.kind === 'taken' ? { kind, ...reception.held } : { kind }).toEqual(expected);
  });
});

interface Story {
  /** The documents from version 1 on. */
  readonly history: readonly JsonObject[];
  readonly acknowledged: number;
  readonly from: number;
}

describe('delta', () => {
  test.each(vectors<Story>('delta'))('$name', ({ history, acknowledged, from, expected }) => {
    const current = history.at(-1) ?? {};
    const trail = history.reduce<Trail>((steps, after, version) => {
      const known = version >= acknowledged ? acknowledged : 0;
      return remember(steps, version, history[version - 1] ?? {}, after, known);
    }, []);
    const before = from === history.length ? current : documentAt(current, trail, from);
    const [base, desired] = before ? [from, diff(before, current)] : [0, current];
    expect({ version: history.length, base, desired }).toEqual(expected);
  });
});

/** The recipe of a document that is too long for the file of vectors. */
type Generator =
  | { readonly literal: Json }
  | { readonly repeat: string; readonly times: number }
  | { readonly keys: number; readonly prefix: string }
  | { readonly nest: number; readonly as: 'object' | 'array' }
  | { readonly items: readonly Generator[] }
  | { readonly members: readonly (readonly [Generator, Generator])[] };

function generate(how: Generator): Json {
  if ('literal' in how) return how.literal;
  if ('repeat' in how) return how.repeat.repeat(how.times);
  if ('nest' in how) return nested(how.nest, how.as);
  if ('items' in how) return how.items.map(generate);
  if ('members' in how)
    return Object.fromEntries(how.members.map(([name, value]) => [generate(name), generate(value)]));
  return Object.fromEntries(Array.from({ length: how.keys }, (_, index) => [`${how.prefix}${index}`, 0]));
}

function nested(depth: number, as: 'object' | 'array'): Json {
  const inner = depth === 1 ? [] : [nested(depth - 1, as)];
  return as === 'array' ? inner : Object.fromEntries(inner.map((value) => ['d', value]));
}

describe('limits', () => {
  const all = vectors<{ kind: DocumentKind; document?: JsonObject; generate?: Generator }>('limits');

  test.each(all)('$name', ({ kind, document, generate: how, expected }) => {
    const made = how ? (generate(how) as JsonObject) : (document ?? {});
    expect(outcome(() => checkDocument(kind, made)) ?? 'ok').toBe(expected);
  });

  test.each(all.filter(({ name }) => / of [0-9,]+ bytes$/.test(name) && /^(tags|desired) /.test(name)))(
    '$name: has the size that its name says',
    ({ name, generate: how }) => {
      const size = Number(name.replace(/\D/g, ''));
      expect(how && JSON.stringify(generate(how)).length).toBe(size);
    },
  );
});

describe('texts', () => {
  test.each(vectors<{ text: string }>('texts'))('$name', ({ text, expected }) => {
    expect(outcome(() => parseJson(text) !== undefined && 'ok')).toBe(expected);
  });
});

describe('topics', () => {
  test.each(vectors<{ topic: string }>('topics'))('$name', ({ topic, expected }) => {
    expect(parseServiceTopic(topic) ?? null).toEqual(expected);
  });
});

describe('reports', () => {
  test.each(vectors<{ message: JsonObject }>('reports'))('$name', ({ message, expected }) => {
    expect(outcome(() => parseReport(message))).toEqual(expected);
  });
});
