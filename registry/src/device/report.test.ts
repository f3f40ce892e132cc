import type { AcknowledgementMessage, ReportMessage } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import type { ConfigurationAssignment, DeviceRecord } from '../record/device-record.js';
import { makeDevice } from '../testing/index.js';
import { report } from './report.js';

const NOW = 1_000;
const AT = new Date(NOW).toISOString();
const device = makeDevice({
  desired: { a: 1 },
  desiredVersion: 6,
  reported: { b: 1, c: { d: 1 } },
  reportedVersion: 3,
  acknowledged: { version: 4, status: 'applied', at: 1 },
});

function say(message: ReportMessage, current = device) {
  return report(current, 'd', message, NOW);
}

function acknowledge(acknowledgement: AcknowledgementMessage, current = device) {
  return say({ acknowledgement }, current).entry as DeviceRecord | undefined;
}

describe('reported', () => {
  test('is patched, and the event holds the effective patch', () => {
    const { result, entry, changes } = say({ reported: { b: 1, c: { d: null, e: 2 }, x: null } });
    expect(result).toEqual({ version: 4 });
    expect(entry).toEqual({ ...device, reported: { b: 1, c: { e: 2 } }, reportedVersion: 4, lastSeenAt: NOW });
    const data = { version: 4, patch: { c: { d: null, e: 2 } }, at: AT };
    expect(changes).toEqual([{ kind: 'reported', device: 'd', data }]);
  });

  test.each([
    ['an empty patch', {}],
    ['what is there', { b: 1, c: { d: 1 } }],
    ['null for what is not there', { x: null, c: { y: null } }],
  ])('%s is accepted and changes nothing', (_what, reported) => {
    expect(say({ reported })).toEqual({ result: { version: 3 } });
  });

  test('limits apply to the resulting document', () => {
    const third = { x: 'x'.repeat(4_000), y: 'y'.repeat(4_000), z: 'z'.repeat(4_000) };
    const large = makeDevice({ reported: { a: third, b: third } });
    expect(() => say({ reported: { c: third } }, large)).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(say({ reported: { c: third, a: null } }, large).entry).toBeDefined();
  });
});

describe('an acknowledgement', () => {
  test.each<AcknowledgementMessage>([
    { version: 5, status: 'applied' },
    { version: 6, status: 'applied' },
    { version: 6, status: 'failed' },
    { version: 5, status: 'failed', error: 'no' },
    { version: 4, status: 'failed', error: 'broke later' },
  ])('of the last version or a later one is stored: %o', (acknowledgement) => {
    const { entry, changes, result } = say({ acknowledgement });
    expect(result).toEqual({ version: 3 });
    expect(entry).toEqual({ ...device, acknowledged: { ...acknowledgement, at: NOW }, lastSeenAt: NOW });
    expect(changes).toEqual([{ kind: 'acknowledged', device: 'd', data: { ...acknowledgement, at: AT } }]);
  });

  test.each<[string, AcknowledgementMessage, DeviceRecord]>([
    ['older than the last', { version: 3, status: 'failed' }, device],
    ['of version 0', { version: 0, status: 'applied' }, makeDevice()],
    ['said before', { version: 4, status: 'applied' }, device],
    ['of an earlier life', { version: 4, status: 'applied' }, makeDevice({ desiredVersion: 6, bornVersion: 5 })],
    [
      'of an earlier life, at its start',
      { version: 4, status: 'failed' },
      makeDevice({ desiredVersion: 5, bornVersion: 5 }),
    ],
  ])('%s is ignored', (_what, acknowledgement, current) => {
    expect(say({ acknowledgement }, current)).toEqual({ result: { version: current.reportedVersion } });
  });

  test('of the version at registration belongs to that registration', () => {
    const born = makeDevice({ desiredVersion: 5, bornVersion: 5 });
    expect(acknowledge({ version: 5, status: 'applied' }, born)?.acknowledged?.version).toBe(5);
  });

  test('of a future version is refused together with its report', () => {
    const message: ReportMessage = { reported: { b: 2 }, acknowledgement: { version: 7, status: 'applied' } };
    expect(() => say(message)).toThrow(expect.objectContaining({ code: 'unknown-version' }));
    expect(() => say(message, makeDevice())).toThrow(expect.objectContaining({ code: 'unknown-version' }));
  });

  test('with a refused report is not stored', () => {
    const message: ReportMessage = {
      reported: { b: Number.POSITIVE_INFINITY },
      acknowledgement: { version: 5, status: 'applied' },
    };
    expect(() => say(message)).toThrow(expect.objectContaining({ code: 'bad-number' }));
  });

  test('with a report is one entry and two changes', () => {
    const { entry, changes, result } = say({ reported: { b: 2 }, acknowledgement: { version: 5, status: 'applied' } });
    expect(result).toEqual({ version: 4 });
    expect(entry).toMatchObject({ reported: { b: 2 }, acknowledged: { version: 5 } });
    expect(changes?.map(({ kind }) => kind)).toEqual(['acknowledged', 'reported']);
  });

  test('drops the steps back to earlier versions', () => {
    const trail = [3, 4, 5].map((version) => ({ version, undo: { a: version } }));
    expect(acknowledge({ version: 5, status: 'failed' }, { ...device, trail })?.trail).toEqual([trail[2]]);
    expect(acknowledge({ version: 6, status: 'applied' }, { ...device, trail })?.trail).toEqual([]);
  });
});

describe('the configurations of the device', () => {
  const configuration = (
    since: number | undefined,
    more: Partial<ConfigurationAssignment> = {},
  ): ConfigurationAssignment => ({
    id: 'c',
    generation: 1,
    created: 1,
    applied: false,
    overridden: false,
    ...(since === undefined ? {} : { since }),
    ...more,
  });
  const applied = (configurations: ConfigurationAssignment[], acknowledgement: AcknowledgementMessage) =>
    acknowledge(acknowledgement, { ...device, configurations })?.configurations.map((one) => one.applied);

  test('are applied by the version that brought them, or a later one', () => {
    const configurations = [4, 5, 6].map((since) => configuration(since));
    expect(applied(configurations, { version: 5, status: 'applied' })).toEqual([true, true, false]);
  });

  test('are not applied by a failure, nor while nothing brought them', () => {
    expect(applied([configuration(5)], { version: 6, status: 'failed' })).toEqual([false]);
    const overridden = configuration(undefined, { overridden: true });
    expect(applied([overridden, configuration(undefined)], { version: 6, status: 'applied' })).toEqual([false, false]);
  });

  test('stay applied when the device reports a failure later', () => {
    expect(applied([configuration(4, { applied: true })], { version: 4, status: 'failed' })).toEqual([true]);
  });
});

test('a deleted device cannot report', () => {
  expect(() => report(undefined, 'd', { reported: {} }, NOW)).toThrow(expect.objectContaining({ code: 'not-found' }));
});
