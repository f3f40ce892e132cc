import { TwinError } from '@muster/twin';

export type QueryValues = Readonly<Record<string, string>>;

/** Reads the query of a URL. Throws `bad-request` for parameters that are unknown, repeated or not UTF-8. */
export function readQuery(url: string, known: readonly string[]): QueryValues {
  const start = url.indexOf('?');
  const values: Record<string, string> = {};
  for (const part of start < 0 ? [] : url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const [name, ...rest] = part.split('=');
    const [key, value] = [decode(name ?? ''), decode(rest.join('='))];
    if (!known.includes(key))
      throw new TwinError('bad-request', `there is no query parameter "${key}"; ${hint(known)}`);
    if (Object.hasOwn(values, key)) throw new TwinError('bad-request', `the query parameter "${key}" is given twice`);
    values[key] = value;
  }
  return values;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new TwinError('bad-request', 'the query is not percent-encoded UTF-8', {}, { cause });
  }
}

function hint(known: readonly string[]): string {
  return known.length === 0 ? 'this route has none' : `known are ${known.join(', ')}`;
}
