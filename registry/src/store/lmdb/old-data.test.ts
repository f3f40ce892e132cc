import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { configurationView } from '../../configuration/configuration-view.js';
import { deviceView } from '../../device/device-view.js';
import type { NewChange } from '../../index.js';
import type { Change } from '../../log/change.js';
import { type ConfigurationEntry, isStored } from '../../record/configuration-record.js';
import { type DeviceEntry, isLive } from '../../record/device-record.js';
import { type OldData, unpackOldData } from '../../testing/old-data.js';
import type { Entries, EntryKind, Store } from '../store.js';
import { LmdbStore } from './lmdb-store.js';

/** A table of LMDB on disk: keys and texts. */
type Rows = ReadonlyMap<string | number, string>;
type Tables = Readonly<Record<'devices' | 'configurations' | 'log' | 'meta', Rows>>;

let old: OldData;
let before: Tables;
let store: Store;

beforeAll(async () => {
  old = unpackOldData();
  const folder = join(old.dataDirectory, 'twins');
  before = await tablesIn(folder);
  store = LmdbStore.open(folder);
});

afterAll(async () => {
  await store.close();
  old.remove();
});

async function tablesIn(folder: string): Promise<Tables> {
  const root = open<string, string>({ path: folder, noSubdir: false, maxDbs: 8, encoding: 'string' });
  const rowsOf = (name: string): Rows => {
    const rows = root.openDB<string, string | number>({ name, encoding: 'string' }).getRange();
    return new Map([...rows].map(({ key, value }) => [key, value]));
  };
  const tables = {
    devices: rowsOf('devices'),
    configurations: rowsOf('configurations'),
    log: rowsOf('log'),
    meta: rowsOf('meta'),
  };
  await root.close();
  return tables;
}

const entriesOf = <Kind extends EntryKind>(kind: Kind) => store.scan(kind, '', 10_000);
const changesOf = async () => (await store.changes(0, 100_000)).changes;

/** The texts of the changes. Rows are not compared: they depend on how many writers shared a flush. */
function changeTexts({ log }: Tables): string[] {
  return [...log.values()].flatMap((row) => row.slice(1, -1).split(/,(?=\{"kind":)/));
}

/** Stores everything again in an empty folder. Returns its tables. */
async function writtenAgain(): Promise<Tables> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-again-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const again = LmdbStore.open(folder);
  const put = async <Kind extends EntryKind>(kind: Kind, entries: readonly Entries[Kind][]): Promise<void> => {
    for (const entry of entries) await again.update(kind, entry.id, () => ({ result: undefined, entry }));
  };
  const devices = await entriesOf('device');
  await put('device', devices);
  await put('configuration', await entriesOf('configuration'));
  const changes: readonly NewChange[] = await changesOf();
  const [entry] = devices;
  if (!entry) throw new Error('the archive holds no device');
  const committed = await again.update('device', entry.id, () => ({ result: undefined, entry, changes }));
  await committed.durable;
  await again.close();
  return tablesIn(folder);
}

test('entries that are read and written again have the same bytes', async () => {
  const again = await writtenAgain();
  expect(Object.fromEntries(again.devices)).toEqual(Object.fromEntries(before.devices));
  expect(Object.fromEntries(again.configurations)).toEqual(Object.fromEntries(before.configurations));
  expect(changeTexts(again)).toEqual(changeTexts(before));
  expect(again.meta.get('format')).toBe(before.meta.get('format'));
});

test('devices are equal to the answers of the server that wrote them', async () => {
  const entries: readonly DeviceEntry[] = await entriesOf('device');
  const live = entries.filter(isLive);
  expect(live.map(({ id }) => id)).toEqual(Object.keys(old.answers.devices));
  for (const record of live) {
    const { value, etag } = mustHave(old.answers.devices[record.id]);
    const { configurations, ...view } = deviceView(record);
    const { configurations: expected, ...rest } = value;
    expect({ ...view, etag: `"${record.revision}"` }).toEqual({ ...rest, etag });
    // The server shows a generation that depends on the configuration.
    expect(configurations).toMatchObject(expected.map(({ id, status }) => ({ id, status })));
  }
});

function mustHave<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the server did not answer this');
  return value;
}

test('configurations are equal to the answers of the server that wrote them', async () => {
  const entries: readonly ConfigurationEntry[] = await entriesOf('configuration');
  const live = entries.filter(isStored);
  expect(live.map(({ id }) => id)).toEqual(Object.keys(old.answers.configurations));
  for (const record of live) {
    const { value, etag } = mustHave(old.answers.configurations[record.id]);
    const { indexable, ...rest } = value;
    expect({ ...configurationView(record), etag: `"${record.revision}"`, indexable }).toEqual({
      ...rest,
      etag,
      indexable,
    });
  }
});

test('a deleted entry keeps its counters', async () => {
  const devices: readonly DeviceEntry[] = await entriesOf('device');
  const gone = devices.filter((entry) => !isLive(entry));
  expect(gone.map(({ id }) => id)).toEqual(['deleted', 'deleted-blank', 'deleted-connected']);
  for (const { id, desiredVersion, reportedVersion } of gone) {
    expect([id, desiredVersion, reportedVersion]).toEqual([id, lastOf(id, 'desired'), lastOf(id, 'reported')]);
  }
  const configurations: readonly ConfigurationEntry[] = await entriesOf('configuration');
  const deleted = configurations.filter((entry) => !isStored(entry));
  expect(deleted).toEqual([{ id: 'deleted', deleted: true, created: expect.any(Number), revision: 2 }]);
});

/** The version of the device's last event, 0 without any. */
function lastOf(device: string, event: 'desired' | 'reported'): number {
  const found = old.answers.changes.findLast((change) => change.event === event && change.data.device === device);
  return found?.event === event ? found.data.version : 0;
}

test('the change log is equal to the feed of the server that wrote it', async () => {
  const feed = (await changesOf()).map(({ sequence, kind, data, ...subject }: Change) => ({
    id: String(sequence),
    event: kind,
    data: { ...subject, ...data },
  }));
  expect(feed).toEqual(old.answers.changes);
});

/** Members and words that the folder must hold: without one of them the test proves nothing about it. */
const DEVICE_MEMBERS = [
  ...['"enabled":false', '"enabled":true', '"createdAt":', '"revision":', '$sha256$', '"deleted":true'],
  ...['"desiredVersion":', '"bornVersion":3', '"trail":[{"version":', '"undo":{', '"problem":{"code":"too-large"'],
  ...['"created":', '"since":', '"applied":true', '"applied":false', '"overridden":true', '"overridden":false'],
  ...[
    '"phase":0',
    '"phase":1',
    '"givenAt":',
    '"convergedMs":',
    '"attempts":1',
    '"attempts":2',
    '"attempts":3',
    '"isSent":true',
  ],
  ...['"state":"given"', '"state":"applied"', '"state":"resting"', '"state":"failed"', '"spentMs":', '"restUntil":'],
  ...['"error":"no space"', '"isAway":true', '"reportedVersion":', '"connected":true', '"connected":false'],
  ...['"lastSeenAt":', '"acknowledged":{"version":', '"status":"applied"', '"status":"failed"'],
];
const CONFIGURATION_MEMBERS = [
  ...['"targetCondition":', '"desiredProperties":', '"priority":-5', '"enforce":true', '"created":', '"createdAt":'],
  ...['"updatedAt":', '"enabled":false', '"description":', '"labels":{"', '"generation":23', '"sinceGeneration":1,'],
  ...['"revision":', '"step":0', '"step":2', '"history":[', '"writtenAt":', '"rollout":{', '"stable":1', '"stable":{'],
  ...['"key":', '"changedBy":"muster"', '"changedBy":"operator"', '"changedAt":', '"reachedForMs":', '"allowance":'],
  ...['"isJustResumed":true', '"beforeDisabled":"running"', '"beforeDisabled":"waiting"', '"isWithdrawn":true'],
  ...['"state":"waiting"', '"state":"running"', '"state":"paused"', '"state":"aborted"', '"state":"rolledBack"'],
  ...['"state":"complete"', '"deleted":true'],
];
const CHANGE_MEMBERS = [
  ...['"kind":"desired"', '"kind":"reported"', '"kind":"acknowledged"', '"kind":"presence"', '"kind":"device"'],
  ...['"kind":"configuration"', '"change":"registered"', '"change":"replaced"', '"change":"patched"'],
  ...['"change":"deleted"', '"change":"created"', '"change":"rollout"', '"change":"quarrelled"', '"with":[]'],
  ...['"with":["to-y"]', '"onDevice":"torn"', '"reason":"deleted"', '"reason":{"code":"phase-opened"'],
];

test.each([
  ['devices', DEVICE_MEMBERS],
  ['configurations', CONFIGURATION_MEMBERS],
  ['log', CHANGE_MEMBERS],
] as const)('the folder has everything that is stored of %s', (table, members) => {
  const text = [...before[table].values()].join('\n');
  expect(members.filter((member) => !text.includes(member))).toEqual([]);
});
