import type { ConfigurationInput } from '@muster/api';
import { type Condition, parseCondition, type Subject } from '@muster/conditions';
import {
  type ConfigurationLayer,
  canonicalEqual,
  explainLayers,
  isOverridden,
  type Layer,
  resolve,
} from '@muster/twin';
import { subjectOf } from '../load/big-fleet.js';

interface Configuration {
  readonly condition: Condition;
  readonly layer: ConfigurationLayer;
}

export interface NaivePreview {
  readonly ms: number;
  readonly matched: number;
  readonly changed: number;
}

/** Evaluates every condition for every device, merges and compares both documents, and explains every path; caches nothing. */
export function naivePreview(
  stored: Readonly<Record<string, ConfigurationInput>>,
  { id = 'preview', ...input }: ConfigurationInput & { readonly id?: string },
  devices: number,
): NaivePreview {
  const before = Object.entries(stored).map(([name, one], index) => configuration(name, one, index));
  const after = [...before.filter(({ layer }) => layer.id !== id), configuration(id, input, before.length)];
  const subjects = Array.from({ length: devices }, (_, n) => subjectOf(n));
  const counts = { matched: 0, changed: 0, overridden: 0, paths: 0 };
  const startedAt = performance.now();
  for (const subject of subjects) look(layersOf(before, subject), layersOf(after, subject), id, counts);
  return { ms: performance.now() - startedAt, matched: counts.matched, changed: counts.changed };
}

function look(
  before: readonly Layer[],
  after: readonly Layer[],
  id: string,
  counts: { matched: number; changed: number; overridden: number; paths: number },
): void {
  const mine = after.find((layer) => layer.kind === 'configuration' && layer.id === id);
  if (!mine) return;
  counts.matched += 1;
  if (!canonicalEqual(resolve(before), resolve(after))) counts.changed += 1;
  if (isOverridden(mine, after.slice(after.indexOf(mine) + 1))) counts.overridden += 1;
  for (const { winner } of explainLayers(after).values()) if (winner === mine) counts.paths += 1;
}

function layersOf(configurations: readonly Configuration[], subject: Subject): Layer[] {
  const applying = configurations.filter(({ condition }) => condition.test(subject) === true);
  return [{ kind: 'device', properties: {} }, ...applying.map(({ layer }) => layer)];
}

function configuration(
  id: string,
  { targetCondition, desiredProperties }: ConfigurationInput,
  created: number,
): Configuration {
  const numbers = { generation: 1, contentGeneration: 1, created, priority: 0, enforce: false };
  return {
    condition: parseCondition(targetCondition, 'target'),
    layer: { kind: 'configuration', id, ...numbers, properties: desiredProperties },
  };
}
