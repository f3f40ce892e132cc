import { durationMs, isObject, type JsonObject, parseJson } from '@muster/twin';
import { InvalidArgumentError, Option } from 'commander';

/** The longest delay of a timer. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** Parses a duration such as `500ms`, `30s`, `1.5h`, `1d`. */
export function parseDurationMs(text: string): number {
  const parsedMs = durationMs(text) ?? 0;
  if (parsedMs > 0 && parsedMs <= DURATION_MS_MAX) return parsedMs;
  throw new InvalidArgumentError('A duration above 0 with a unit, such as 500ms, 30s, 5m or 2h, at most 24d.');
}

export function durationOption(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(parseDurationMs).default(defaultMs, `${defaultMs / 1_000}s`);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('A whole number above 0.');
}

export function parseBound(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number, 0 or more.');
}

/** Parses a percentage from 0 to 100. */
export function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && percent <= 100) return percent;
  throw new InvalidArgumentError('A number from 0 to 100.');
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < 2 ** 32) return seed;
  throw new InvalidArgumentError('A whole number from 0 to 4294967295.');
}

export function parseJsonObject(text: string): JsonObject {
  const value = jsonOrUndefined(text);
  if (isObject(value)) return value;
  throw new InvalidArgumentError(`A JSON object, such as '{"region":"eu"}' (in quotes for the shell).`);
}

/** Collects an option that may be repeated; each value is a list with commas. */
export function collectNames(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

/** Collects an option that may be repeated; a file name may contain commas. */
export function collectFiles(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
