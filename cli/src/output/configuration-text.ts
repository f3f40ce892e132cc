import type { ConfigurationInput } from '@muster/api';
import { isObject, type Json, type JsonObject } from '@muster/twin';
import { completeInput } from '../configuration-file.js';
import { yamlText } from './yaml-text.js';

/** Lines that are equal for configurations that are equal: defaults in place, documents in the order of names. */
export function configurationText(input: ConfigurationInput): string[] {
  const { targetCondition, ...more } = completeInput(input);
  return yamlText({ targetCondition, ...sortedMembers(more as unknown as JsonObject) }).split('\n');
}

function sortedMembers(object: JsonObject): JsonObject {
  const entries = Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, sorted(value)]));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  return isObject(value) ? sortedMembers(value) : value;
}
