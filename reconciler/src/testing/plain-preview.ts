import type { ConfigurationInput, PreviewView } from '@muster/api';
import { parseCondition } from '@muster/conditions';
import type { ConfigurationRecord, DeviceRecord } from '@muster/registry';
import { canonicalEqual, type JsonObject, LIMITS } from '@muster/twin';
import { cachedConfiguration } from '../cache/configuration-cache.js';
import { indexingView } from '../cache/indexing.js';
import { subjectOf } from '../cache/subject.js';
import { type Evaluation, evaluateDevice } from '../preview/evaluate-device.js';
import { configurationRecord } from './configuration-record.js';

interface Stored {
  readonly devices: readonly DeviceRecord[];
  readonly configurations: readonly ConfigurationRecord[];
}

interface Judged {
  readonly id: string;
  readonly was: boolean;
  readonly will: boolean;
  readonly evaluation: Evaluation;
}

/** A preview that asks every condition of every device, judges each by itself, and counts in the end. */
export function plainPreview({ devices, configurations }: Stored, id: string, input: ConfigurationInput): PreviewView {
  const stored = configurations.find((one) => one.id === id);
  const created = stored?.created ?? Number.MAX_SAFE_INTEGER;
  const candidate = configurationRecord({ id, created, ...input });
  const others = configurations.filter((one) => one.id !== id);
  const mine = cachedConfiguration(candidate).layer;
  const judged = devices.flatMap((record): Judged[] => {
    const layersOf = (all: readonly ConfigurationRecord[]) =>
      all.filter((one) => isFor(one, record)).map((one) => (one === candidate ? mine : cachedConfiguration(one).layer));
    const [was, will] = [stored !== undefined && isFor(stored, record), isFor(candidate, record)];
    if (!was && !will) return [];
    const deviceCase = {
      record,
      current: layersOf(configurations),
      planned: layersOf([...others, candidate]),
    };
    return [{ id: record.id, was, will, evaluation: evaluateDevice(deviceCase, mine) }];
  });
  return summary(judged, input);
}

function isFor({ enabled, targetCondition }: ConfigurationRecord, record: DeviceRecord): boolean {
  return enabled && parseCondition(targetCondition, 'target').test(subjectOf(record)) === true;
}

function summary(judged: readonly Judged[], { targetCondition }: ConfigurationInput): PreviewView {
  const numberOf = (test: (one: Judged) => boolean): number => judged.filter(test).length;
  const changed = judged.filter(({ evaluation: { before, after } }) => !canonicalEqual(before, after));
  const groups = counted(judged.flatMap(({ evaluation }) => evaluation.changes)).sort(
    (left, right) => right.devices - left.devices,
  );
  return {
    matched: numberOf(({ will }) => will),
    entering: numberOf(({ was, will }) => will && !was),
    leaving: numberOf(({ was, will }) => was && !will),
    changed: changed.length,
    atOnce: changed.length,
    overridden: numberOf(({ evaluation }) => evaluation.isOverridden),
    problems: numberOf(({ evaluation }) => evaluation.isProblem),
    paths: counted(judged.flatMap(({ evaluation }) => evaluation.won.map((path) => ({ path })))),
    conflicts: counted(judged.flatMap(({ evaluation }) => evaluation.conflicts)),
    changes: groups,
    changesLeftOut: 0,
    sample: changed
      .slice(0, LIMITS.previewSampleMax)
      .map(({ id, evaluation: { before, after } }) => ({ id, before, after })),
    ...indexingView(parseCondition(targetCondition, 'target')),
  };
}

function counted<Key extends object>(keys: readonly Key[]): (Key & { devices: number })[] {
  const counts: (Key & { devices: number })[] = [];
  for (const key of keys) {
    const known = counts.find(({ devices: _, ...one }) =>
      canonicalEqual(one as unknown as JsonObject, key as unknown as JsonObject),
    );
    if (known) known.devices += 1;
    else counts.push({ ...key, devices: 1 });
  }
  return counts;
}
