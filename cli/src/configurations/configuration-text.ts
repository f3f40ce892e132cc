import type { ConfigurationInput } from '@muster/api';
import { isObject, type Json, type JsonObject } from '@muster/twin';
import { yamlText } from '../text/yaml-text.js';
import { completeInput } from './configuration-file.js';

/** Returns the configuration as YAML lines, with defaults and sorted members: equal configurations have equal lines. */
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
