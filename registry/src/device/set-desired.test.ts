import type { JsonObject } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { Admission } from '../record/admission.js';
import type { ConfigurationAssignment, DeviceRecord } from '../record/device-record.js';
import { standingOf } from '../record/device-record.js';
import { makeDevice } from '../testing/index.js';
import { report } from './report.js';
import type { Resolution, ResolvedConfiguration } from './resolution.js';
import { isBroughtAlong, setDesired } from './set-desired.js';
import { SharedResults } from './shared-results.js';

const NOW = 1_000;
const AT = new Date(NOW).toISOString();
const PROBLEM = { code: 'too-large', message: 'desired would have 40000 bytes' } as const;

function layer(id: string, more: Partial<ResolvedConfiguration> = {}): ResolvedConfiguration {
  return { id, generation: 1, created: 1, overridden: false, ...more };
}

function document(desired: JsonObject, ...configurations: ResolvedConfiguration[]): Resolution {
  return { kind: 'document', desired, configurations };
}

/** The device after the steps, each a resolution or an acknowledgement. */
function after(start: DeviceRecord, ...steps: (Resolution | { applied: number } | { failed: number })[]): DeviceRecord {
  return steps.reduce((record, step) => {
    const { entry } = 'kind' in step ? setDesired(record, step, NOW) : acknowledge(record, step);
    return (entry as DeviceRecord | undefined) ?? record;
  }, start);
}

function acknowledge(record: DeviceRecord, step: { applied: number } | { failed: number }) {
  const acknowledgement =
    'applied' in step
      ? ({ version: step.applied, status: 'applied' } as const)
      : ({ version: step.failed, status: 'failed' } as const);
  return report(record, record.id, { acknowledgement }, NOW);
}

describe('the document', () => {
  test('that changed makes a version, an event and a way back', () => {
    const device = makeDevice({ desired: { a: 1, b: { c: 1 } }, desiredVersion: 3 });
    const { result, entry, changes } = setDesired(device, document({ a: 2, b: {} }, layer('x')), NOW);
    expect(result).toBe(true);
    expect(entry).toMatchObject({ desired: { a: 2, b: {} }, desiredVersion: 4, revision: device.revision });
    expect((entry as DeviceRecord).trail).toEqual([{ version: 3, undo: { a: 1, b: { c: 1 } } }]);
    const data = { version: 4, patch: { a: 2, b: { c: null } }, at: AT, configurations: ['x'] };
    expect(changes).toEqual([{ kind: 'desired', device: 'd', data }]);
  });

  test('that is canonically equal changes nothing', () => {
    const device = after(makeDevice(), document({ a: 1, b: { c: [1] } }, layer('x')));
    expect(setDesired(device, document({ b: { c: [1] }, a: 1 }, layer('x')), NOW)).toEqual({ result: false });
    expect(setDesired(makeDevice(), document({}), NOW)).toEqual({ result: false });
  });

  test('that stays while its configurations change makes no version and no event', () => {
    const device = after(makeDevice(), document({ a: 1 }, layer('x')));
    const { result, entry, changes } = setDesired(device, document({ a: 1 }, layer('x'), layer('y')), NOW);
    expect([result, changes]).toEqual([true, undefined]);
    expect(entry).toMatchObject({ desiredVersion: 1, configurations: [{ id: 'x' }, { id: 'y' }] });
  });

  test('has an event that names only configurations that are not overridden', () => {
    const resolution = document({ a: 1 }, layer('beaten', { overridden: true }), layer('winner'));
    expect(setDesired(makeDevice(), resolution, NOW).changes?.[0]?.data).toMatchObject({ configurations: ['winner'] });
  });
});

describe('a problem', () => {
  test('is stored, keeps the last document, and ends with the next document that can be sent', () => {
    const device = after(makeDevice(), document({ a: 1 }, layer('x')));
    const resolution: Resolution = { kind: 'problem', problem: PROBLEM, configurations: [layer('x'), layer('y')] };
    const { result, entry, changes } = setDesired(device, resolution, NOW);
    expect([result, changes]).toEqual([true, undefined]);
    const troubled = entry as DeviceRecord;
    expect(troubled).toMatchObject({ problem: PROBLEM, desired: { a: 1 }, desiredVersion: 1 });
    expect(troubled.configurations.map((one) => standingOf(troubled, one))).toEqual(['failed', 'failed']);
    expect(setDesired(troubled, resolution, NOW)).toEqual({ result: false });

    const solved = after(troubled, document({ a: 1, b: 1 }, layer('x'), layer('y')));
    expect(solved.problem).toBeUndefined();
    expect(solved.configurations.map(({ since }) => since)).toEqual([1, 2]);
  });

  test('that changes is stored again', () => {
    const resolution = (message: string): Resolution => ({
      kind: 'problem',
      problem: { ...PROBLEM, message },
      configurations: [],
    });
    const device = after(makeDevice(), resolution('41000 bytes'));
    expect(setDesired(device, resolution('42000 bytes'), NOW).result).toBe(true);
  });
});

describe('admissions', () => {
  const given = (more: Partial<Admission> = {}): Admission => {
    return { id: 'x', created: 1, key: 2, phase: 0, givenAt: 900, attempts: 1, state: 'given', version: 1, ...more };
  };
  const admitted = makeDevice({ admissions: [given()], desired: { a: 1 }, desiredVersion: 1 });
  const troubled: Resolution = { kind: 'problem', problem: PROBLEM, configurations: [] };

  test('are stored together with the document that follows from them', () => {
    const admissions = [given({ version: 0 })];
    const { result, entry, changes } = setDesired(makeDevice(), { ...document({ a: 1 }), admissions }, NOW);
    expect(entry).toMatchObject({ desired: { a: 1 }, desiredVersion: 1, admissions });
    expect([result, changes?.length]).toEqual([true, 1]);
  });

  test('that the resolution does not name stay, whatever else changes', () => {
    for (const resolution of [document({ a: 2 }), document({ a: 1 }, layer('x')), troubled]) {
      const { result, entry } = setDesired(admitted, resolution, NOW);
      expect([result, (entry as DeviceRecord).admissions]).toEqual([true, admitted.admissions]);
    }
  });

  test.each<[string, readonly Admission[]]>([
    ['another', [given({ state: 'failed', error: 'no space' })]],
    ['one more', [given(), given({ id: 'y' })]],
    ['none', []],
    ...(
      [
        ...[{ created: 2 }, { key: 3 }, { phase: 1 }, { givenAt: 901 }, { convergedMs: 0 }, { attempts: 2 }],
        ...[{ version: 2 }, { isSent: true }, { spentMs: 1 }, { restUntil: 1 }, { error: 'x' }, { isAway: true }],
      ] as const
    ).map((more): [string, readonly Admission[]] => [`another ${Object.keys(more)}`, [given(more)]]),
  ])('that become %s are stored without a version and without an event', (_what, admissions) => {
    for (const resolution of [document({ a: 1 }), troubled]) {
      const resolved = { ...resolution, admissions };
      expect(isBroughtAlong(admitted, resolved)).toBe(false);
      const { result, entry, changes } = setDesired(admitted, resolved, NOW);
      expect([result, changes]).toEqual([true, undefined]);
      expect(entry).toMatchObject({ desired: { a: 1 }, desiredVersion: 1 });
      expect((entry as DeviceRecord).admissions).toEqual(admissions.length === 0 ? undefined : admissions);
    }
  });

  test('that are equal write nothing', () => {
    const equal = { ...document({ a: 1 }), admissions: [given({ isSent: undefined })] };
    expect(setDesired(admitted, equal, NOW)).toEqual({ result: false });
    expect(setDesired(makeDevice(), { ...document({}), admissions: [] }, NOW)).toEqual({ result: false });
  });

  test('that are equal for several devices are shared', () => {
    const shared = new SharedResults();
    const [left, right] = ['left', 'right'].map((id) => {
      const resolution = { ...document({ a: 1 }), admissions: [given()] };
      return setDesired(makeDevice({ id }), resolution, NOW, shared).entry as DeviceRecord;
    });
    expect(left?.admissions).toBe(right?.admissions);
  });
});

describe('the version that brought a generation', () => {
  const brought = (...steps: Parameters<typeof after>[1][]): ConfigurationAssignment | undefined =>
    after(makeDevice(), ...steps).configurations.find(({ id }) => id === 'x');

  test.each<[string, Parameters<typeof after>[1][], Partial<ConfigurationAssignment>]>([
    ['the first that holds it', [document({ a: 1 }), document({ b: 1 }, layer('x'))], { since: 2, applied: false }],
    ['not a later one', [document({ a: 1 }, layer('x')), document({ a: 2 }, layer('x'))], { since: 1, applied: false }],
    [
      'the current one where nothing changed',
      [document({ a: 1 }), document({ a: 1 }, layer('x'))],
      { since: 1, applied: false },
    ],
    [
      'the current one, applied already',
      [document({ a: 1 }), { applied: 1 }, document({ a: 1 }, layer('x'))],
      { since: 1, applied: true },
    ],
    [
      'the current one, failed already',
      [document({ a: 1 }), { failed: 1 }, document({ a: 1 }, layer('x'))],
      { since: 1, applied: false },
    ],
    ['version 0, which is applied', [document({}, layer('x'))], { since: 0, applied: true }],
    [
      'a new one for a new generation',
      [document({ a: 1 }, layer('x')), { applied: 1 }, document({ a: 2 }, layer('x', { generation: 2 }))],
      { generation: 2, since: 2, applied: false },
    ],
    [
      'a new one for a configuration made again under the same id',
      [document({ a: 1 }, layer('x')), { applied: 1 }, document({ a: 2 }, layer('x', { created: 2 }))],
      { created: 2, since: 2, applied: false },
    ],
    [
      'a new one after it had left',
      [document({ a: 1 }, layer('x')), { applied: 1 }, document({}), document({ a: 1 }, layer('x'))],
      { since: 3, applied: false },
    ],
    [
      'that which holds it after it was overridden',
      [document({ a: 9 }, layer('x', { overridden: true })), document({ a: 1 }, layer('x'))],
      { since: 2, applied: false, overridden: false },
    ],
  ])('is %s', (_what, steps, expected) => {
    expect(brought(...steps)).toMatchObject(expected);
  });

  test('is none while it is overridden, or while its document cannot be sent', () => {
    expect(brought(document({ a: 1 }, layer('x')), document({ a: 9 }, layer('x', { overridden: true })))).toEqual({
      ...layer('x', { overridden: true }),
      applied: false,
    });
    expect(brought({ kind: 'problem', problem: PROBLEM, configurations: [layer('x')] })).toEqual({
      ...layer('x'),
      applied: false,
    });
  });

  test('stays and stays applied when other configurations bring new versions', () => {
    const steps = [document({ a: 1 }, layer('x')), { applied: 1 }, document({ a: 1, b: 1 }, layer('x'), layer('y'))];
    expect(brought(...steps)).toMatchObject({ since: 1, applied: true });
    expect(brought(...steps, { failed: 2 })).toMatchObject({ since: 1, applied: true });
  });
});
