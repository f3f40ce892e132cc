import type { ConfigurationStatusView, RolloutView } from '@muster/api';
import type { JsonObject } from '@muster/twin';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { AnsweringFleet } from './support/answering-fleet.js';
import { eventually, pause } from './support/eventually.js';
import { Muster } from './support/muster.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

const DEVICES = 1_000;
const FIRST_PHASE = 50;
const SAMPLE_EVERY_MS = 50;

/** Every tenth device is of a model that fails. */
const ids = Array.from({ length: DEVICES }, (_, n) => `${n % 10 === 0 ? 'brittle' : 'sound'}-${n}`);
const isBrittle = (id: string): boolean => id.startsWith('brittle');

const ofFile = Scope.ofFile();
let server: Server;
let muster: Muster;
let fleet: AnsweringFleet;

beforeAll(async () => {
  server = await Server.start(ofFile);
  muster = new Muster(ofFile, server);
  fleet = await AnsweringFleet.join(ofFile, server, ids, (id, { risk }) =>
    risk && isBrittle(id) ? 'broke' : undefined,
  );
});

beforeEach(() => fleet.forgetDocuments());

const statusOf = (id: string): Promise<ConfigurationStatusView> => server.client.configurations.status(id);
const phasesOf = (wait: string) => [
  { percent: 5, wait },
  { percent: 15, wait },
  { percent: 100, wait },
];

async function begin(id: string, desiredProperties: JsonObject, wait: string): Promise<void> {
  const rollout = { phases: phasesOf(wait), abort: { failedPercent: 2, minimum: 20 } };
  await server.client.configurations.put(id, { targetCondition: '*', desiredProperties, rollout });
}

/** Returns the numbers of admitted devices that the status showed, by phase. */
async function watchPhases(id: string): Promise<Map<number, number[]>> {
  const seen = new Map<number, number[]>();
  for (;;) {
    const { matched, admitted, rollout } = await statusOf(id);
    if (rollout === undefined || rollout.state === 'complete') return seen;
    if (matched === DEVICES) seen.set(rollout.phase, [...new Set([...(seen.get(rollout.phase) ?? []), admitted])]);
    await pause(SAMPLE_EVERY_MS);
  }
}

const admittedBy = ({ phases }: RolloutView): number[] => phases.map(({ admitted }) => admitted);

test('if the devices of one model fail, the rollout aborts in the first phase, and 95 % are untouched', async () => {
  await begin('risky', { risk: true }, '20s');
  expect(await muster.run('status', 'risky', '--watch', '--interval', '200ms')).toMatchObject({ code: 6 });
  const { matched, admitted, rollout } = await eventually(async () => {
    const status = await statusOf('risky');
    expect(status).toMatchObject({ pending: 0 });
    return status;
  });
  expect({ matched, admitted }).toEqual({ matched: DEVICES, admitted: FIRST_PHASE });
  expect(rollout).toMatchObject({ state: 'aborted', phase: 1, reason: { code: 'too-many-failures' } });
  expect(rollout?.failures).toMatchObject([{ error: 'broke' }]);
  const received = await eventually(() => {
    const brittle = [...fleet.documents].filter(([id]) => isBrittle(id));
    for (const [, documents] of brittle) expect(documents).toHaveLength(2);
    return fleet.documents;
  });
  expect(received.size).toBe(FIRST_PHASE);
  expect(rollout?.failures[0]?.devices).toBe([...received.keys()].filter(isBrittle).length);
  for (const [id, documents] of received) {
    expect(documents).toEqual(isBrittle(id) ? [{ risk: true }, { risk: null }] : [{ risk: true }]);
  }
  for await (const { id, desiredVersion } of server.client.devices.list()) {
    expect({ id, desiredVersion }).toEqual({ id, desiredVersion: received.get(id)?.length ?? 0 });
  }
  await server.client.configurations.remove('risky');
  await eventually(() => expect([...fleet.documents.values()].flat()).toHaveLength(2 * FIRST_PHASE));
});

test('if no device fails, the rollout completes all phases, exact to one device', async () => {
  await begin('safe', { safe: true }, '2s');
  const watching = muster.start(['status', 'safe', '--watch', '--interval', '200ms']);
  const seen = await watchPhases('safe');
  const { rollout, ...counts } = await statusOf('safe');
  expect(counts).toMatchObject({ matched: DEVICES, admitted: DEVICES, winning: DEVICES, applied: DEVICES, failed: 0 });
  expect(rollout && admittedBy(rollout)).toEqual([50, 100, 850]);
  expect([1, 2, 3].map((phase) => Math.max(...(seen.get(phase) ?? [])))).toEqual([50, 150, 1_000]);
  expect(Math.min(...(seen.get(2) ?? []))).toBeGreaterThanOrEqual(50);
  expect(Math.min(...(seen.get(3) ?? []))).toBeGreaterThanOrEqual(150);
  expect(fleet.documents.size).toBe(DEVICES);
  for (const documents of fleet.documents.values()) expect(documents).toEqual([{ safe: true }]);
  expect(await watching.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('complete  phase 3 of 3') });
});
