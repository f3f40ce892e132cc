import type { ConfigurationCounts, ConfigurationStatusView, DeviceView, ExplainView, FeedEvent } from '@muster/api';
import { type OldData, unpackOldData } from '@muster/registry/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.js';
import { eventsUntilNow } from './support/feed.js';
import { Inbox } from './support/inbox.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';

/** The data folder grows old, and nothing of its change log may be trimmed for it. */
const environment = { MUSTER_CHANGE_LOG_AGE: '36500d' };

const ofFile = Scope.ofFile();
const ofTest = Scope.ofTest();
let old: OldData;
let server: Server;

// One server for all: the tests follow each other, first what must be equal and then how it goes on.
beforeAll(async () => {
  old = unpackOldData();
  ofFile.add(() => old.remove());
  server = await Server.start(ofFile, { dataDirectory: old.dataDirectory, environment });
});

const secretOf = (id: string): string => `the-secret-of-${id}`;
const oldDevice = (id: string): DeviceView => mustHave(old.answers.devices[id]).value;
const lastCursor = (): string => mustHave(old.answers.changes.at(-1)).id;

function mustHave<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the old server did not answer this');
  return value;
}

interface DesiredMessage {
  readonly version: number;
}

/** A device of the folder. `answer` returns its report to a desired document. */
async function connect(id: string, answer?: (message: DesiredMessage) => object): Promise<Inbox> {
  const inbox = await Inbox.device(ofTest, server, id, secretOf(id));
  if (answer) {
    inbox.mqtt.on('message', (_, payload) => {
      inbox.mqtt.publish('$twin/reported', JSON.stringify(answer(JSON.parse(payload.toString()))), { qos: 1 });
    });
  }
  await inbox.subscribe('$twin/desired');
  return inbox;
}

describe('what the folder holds is equal', () => {
  /**
   * What differs after a start, and must:
   * - Every device that was connected when the server was killed was disconnected at the start, and seen then.
   * - The rest of one device is over: its next attempt has begun.
   */
  function expected(view: DeviceView): DeviceView {
    const present = view.connected ? { ...view, connected: false, lastSeenAt: expect.any(String) } : view;
    if (view.id !== old.answers.resting) return present;
    const configurations = [{ id: 'running', generation: 2, status: 'pending' as const }];
    return { ...present, desired: { running: 2 }, desiredVersion: view.desiredVersion + 1, configurations };
  }

  test('devices', async () => {
    await eventually(async () => {
      const { desiredVersion } = await server.client.devices.get(old.answers.resting);
      expect(desiredVersion).toBe(oldDevice(old.answers.resting).desiredVersion + 1);
    });
    const views: Record<string, object> = {};
    for await (const { id } of server.client.devices.list()) views[id] = await server.client.devices.getWithETag(id);
    const wanted = Object.entries(old.answers.devices).map(([id, { value, etag }]) => [
      id,
      { value: expected(value), etag },
    ]);
    expect(views).toEqual(Object.fromEntries(wanted));
  });

  /** That configurations take turns on a device is remembered by a process, not by the folder. */
  const isOfTurns = ({ detail = '' }: { readonly detail?: string }) => /take turns|comes and goes/.test(detail);

  function withoutTurns(view: ExplainView, { configurations }: ExplainView): object {
    const turning = configurations.filter(isOfTurns).map(({ id }) => id);
    const isKept = ({ id }: { readonly id: string }) => !turning.includes(id);
    return { ...view, configurations: view.configurations.map((one) => (isKept(one) ? one : { ...one, detail: '' })) };
  }

  test('explanations', async () => {
    for (const [id, view] of Object.entries(old.answers.explanations)) {
      if (id === old.answers.resting) continue;
      const found = await server.client.devices.explain(id);
      expect(withoutTurns(found, view)).toEqual(withoutTurns(view, view));
    }
  });

  test('configurations', async () => {
    const views: Record<string, object> = {};
    for await (const { id } of server.client.configurations.list()) {
      views[id] = await server.client.configurations.getWithETag(id);
    }
    expect(views).toEqual(old.answers.configurations);
  });

  /** No device is connected: every device that owes an answer is offline. */
  const allOffline = <Counts extends ConfigurationCounts>(counts: Counts): Counts => ({
    ...counts,
    offline: counts.pending,
  });

  /** Samples have no order, and a phase ends at another time than it would have ended without the stop. */
  function comparable({ rollout, ...counts }: ConfigurationStatusView): ConfigurationStatusView {
    if (rollout === undefined) return counts;
    const failures = rollout.failures.map(({ sample, ...one }) => ({ ...one, sample: sample.toSorted() }));
    const nextAt = rollout.nextAt === undefined ? {} : { nextAt: 'some time' };
    return { ...counts, rollout: { ...rollout, failures, ...nextAt } };
  }

  /** The device that rested has the new generation again. */
  function afterRest(id: string, { rollout, ...counts }: ConfigurationStatusView): ConfigurationStatusView {
    if (rollout === undefined) return counts;
    if (id !== 'running') return { ...counts, rollout };
    const generations = rollout.generations.map(({ generation, devices }) => ({
      generation,
      devices: generation === 2 ? devices + 1 : devices - 1,
    }));
    return { ...counts, rollout: { ...rollout, generations } };
  }

  test('statuses', async () => {
    for (const [id, status] of Object.entries(old.answers.statuses)) {
      const found = comparable(await server.client.configurations.status(id));
      expect(found, id).toEqual(comparable(allOffline(afterRest(id, status))));
    }
  });

  test('the change feed from its first event; what is new follows from the start', async () => {
    const events = await eventsUntilNow(server, '0');
    expect(events.slice(0, old.answers.changes.length)).toEqual(old.answers.changes);
    const first = Number(lastCursor()) + 1;
    const added = events.slice(old.answers.changes.length).filter(({ data }) => !isMarker(data));
    expect(added.map(({ id }) => Number(id))).toEqual(added.map((_, index) => first + index));
    const connected = Object.values(old.answers.devices).filter(({ value }) => value.connected);
    const gone = { connected: false, reason: 'server restarted', at: expect.any(String) };
    const presence = connected.map(({ value }) => ({ event: 'presence', data: { device: value.id, ...gone } }));
    const retry = { device: old.answers.resting, patch: { running: 2 }, configurations: ['running'] };
    const wanted = [...presence, { event: 'desired', data: expect.objectContaining(retry) }];
    expect(sorted(added.map(({ event, data }) => ({ event, data })))).toEqual(sorted(wanted));
  });

  const isMarker = (data: FeedEvent['data']): boolean => 'device' in data && data.device.startsWith('marker-');

  /** What happens at the start has no order. */
  function sorted<Item extends { event: string; data: unknown }>(events: readonly Item[]): Item[] {
    const key = ({ event, data }: Item) => `${event} ${(data as { device?: string }).device}`;
    return events.toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
  }

  test('retained messages', async () => {
    const reader = await Inbox.service(ofTest, server, 'reader');
    await reader.subscribe('devices/#', 'configurations/+/status');
    const wanted = old.answers.retained.map(({ topic, text }) => {
      const isStatus = topic.startsWith('configurations/');
      return [topic, isStatus ? allOffline(JSON.parse(text)) : text];
    });
    await eventually(() => {
      const retained = reader.messages.filter(({ isRetained }) => isRetained);
      const found = retained.map(({ topic, text, json }) => [topic, topic.startsWith('devices/') ? text : json]);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
    });
  });
});

describe('what the folder holds goes on', () => {
  test('the session of a device brings what is queued for it, and its document', async () => {
    const pump = await Inbox.device(ofTest, server, 'pump', secretOf('pump'), { clean: false });
    await pump.next('devices/pump/command', ({ json }) => json.start === 2);
    expect(pump.on('devices/pump/command').map(({ json }) => json)).toEqual([{ start: 1 }, { start: 2 }]);
    const { json } = await pump.next('$twin/desired');
    expect(json).toEqual({ version: 1, base: 0, desired: { valve: { open: 40 } } });
  });

  test.each(['collector', 'silent-collector'])('the session of %s brings what is queued for it', async (name) => {
    const collector = await Inbox.service(ofTest, server, name, { clean: false });
    await collector.next('devices/pump/telemetry', ({ json }) => json.n === 4);
    const telemetry = collector.on('devices/pump/telemetry').map(({ json }) => json);
    expect(telemetry.slice(0, 4)).toEqual([...[1, 2, 3].map((n) => ({ n, text: 'Größe 🚰' })), { n: 4 }]);
    const device = await connect('pump');
    await device.publish('devices/pump/telemetry', { for: name });
    await collector.next('devices/pump/telemetry', ({ json }) => json.for === name);
  });

  test('a disabled device and a wrong secret are refused, a replaced secret is known', async () => {
    await expect(connect('disabled')).rejects.toThrow();
    await expect(connect('other-secret')).rejects.toThrow();
    await Inbox.device(ofTest, server, 'other-secret', `${secretOf('other-secret')}-2`);
  });

  test('a device gets the way from the version it acknowledged last, and versions go on', async () => {
    const { desired, desiredVersion, reportedVersion } = oldDevice('said-once');
    const device = await connect('said-once', ({ version }) => ({ applied: version, reported: { has: version } }));
    const { json } = await device.next('$twin/desired');
    const { step, ...added } = desired;
    expect(json).toEqual({ version: desiredVersion, base: 1, desired: { step, ...added } });
    await server.client.devices.patch('said-once', { desired: { step: 'next' } });
    const next = { version: desiredVersion + 1, base: desiredVersion, desired: { step: 'next' } };
    expect((await device.next('$twin/desired', ({ json: { base } }) => base !== 1)).json).toEqual(next);
    await eventually(async () => {
      const view = await server.client.devices.get('said-once');
      expect(view).toMatchObject({
        acknowledged: { version: desiredVersion + 1 },
        reportedVersion: reportedVersion + 2,
      });
    });
  });

  test.each(['deleted', 'deleted-blank', 'deleted-connected'])('%s uses no version again', async (id) => {
    const [desiredVersion, reportedVersion] = [lastVersion(id, 'desired'), lastVersion(id, 'reported')];
    const auth = { type: 'secret', secret: secretOf(id) } as const;
    await server.client.devices.register(id, { auth, desired: { life: 'next' } });
    const device = await connect(id, ({ version }) => ({ applied: version, reported: { life: 'next' } }));
    const messages = await desiredUpTo(device, desiredVersion + 1);
    const isEarly = messages.length > 1;
    // A device that connects before its layers are resolved gets the empty document, which has the version of the deletion.
    const early = isEarly ? [{ version: desiredVersion, base: 0, desired: {} }] : [];
    const last = { version: desiredVersion + 1, base: isEarly ? desiredVersion : 0, desired: { life: 'next' } };
    expect(messages).toMatchObject([...early, last]);
    await eventually(async () => {
      const view = await server.client.devices.get(id);
      expect(view).toMatchObject({ desiredVersion: desiredVersion + 1, reportedVersion: reportedVersion + 1 });
    });
  });

  /** Takes messages from `$twin/desired` until one has the version. */
  async function desiredUpTo(device: Awaited<ReturnType<typeof connect>>, version: number) {
    const messages = [(await device.next('$twin/desired')).json];
    while ((messages.at(-1) as { version: number }).version < version) {
      messages.push((await device.next('$twin/desired')).json);
    }
    return messages;
  }

  /** Of the last event of a device, 0 without any. */
  function lastVersion(device: string, event: 'desired' | 'reported'): number {
    const last = old.answers.changes.findLast((one) => one.event === event && one.data.device === device);
    return last?.event === event ? last.data.version : 0;
  }

  test('a configuration that was deleted begins with its first generation and a later created time', async () => {
    const newest = Math.max(
      ...Object.values(old.answers.configurations).map(({ value }) => Date.parse(value.createdAt)),
    );
    const content = { targetCondition: "device.tags.story = 'none'", desiredProperties: {} };
    const { generation, createdAt } = await server.client.configurations.put('deleted', content);
    expect(generation).toBe(1);
    expect(Date.parse(createdAt)).toBeGreaterThan(newest);
    const history = { ...content, desiredProperties: { n: 'next' } };
    expect(await server.client.configurations.put('rewritten-often', history)).toMatchObject({ generation: 24 });
  });

  /** All devices of a story connect and apply what they are sent. */
  async function connectAll(story: string): Promise<string[]> {
    const members = Object.values(old.answers.devices).filter(({ value }) => value.tags.story === story);
    const ids = members.map(({ value }) => value.id);
    await Promise.all(ids.map((id) => connect(id, ({ version }) => ({ applied: version }))));
    return ids;
  }

  function reached(id: string, wanted: object): Promise<void> {
    return eventually(async () => expect(await server.client.configurations.status(id)).toMatchObject(wanted));
  }

  test('a rollout goes on from its second phase to its end', async () => {
    const { value } = mustHave(old.answers.configurations.running);
    const failed = 1;
    const ids = await connectAll('running');
    await reached('running', { admitted: 10, applied: 10 - failed, failed, rollout: { state: 'running', phase: 2 } });
    const { indexable: _, ...written } = value;
    const phases = [{ percent: 10 }, { percent: 50, wait: '1s' }, { percent: 100 }];
    await server.client.configurations.put('running', { ...written, rollout: { ...value.rollout, phases } });
    await reached('running', { applied: ids.length - failed, failed, rollout: { state: 'complete', phase: 3 } });
    const { rollout } = await server.client.configurations.status('running');
    const { phases: before = [] } = old.answers.statuses.running?.rollout ?? {};
    expect(rollout?.phases.map(({ admitted }) => admitted)).toEqual([before[0]?.admitted, before[1]?.admitted, 9]);
    for (const id of ids)
      expect(await server.client.devices.get(id)).toMatchObject({ desiredVersion: lastExpected(id) });
  });

  /** A device that has the second content keeps its version; the others get one more, with the second content. */
  function lastExpected(id: string): number {
    const { desired, desiredVersion, configurations } = oldDevice(id);
    const hasFailed = mustHave(old.answers.statuses.running).rollout?.failures.some(({ sample }) =>
      sample.includes(id),
    );
    return desired.running === 2 || hasFailed || configurations.length === 0 ? desiredVersion : desiredVersion + 1;
  }

  test('a paused rollout goes on once it is resumed, with another attempt of the device that rested', async () => {
    const ids = await connectAll('paused');
    await reached('paused', { admitted: 3, rollout: { state: 'paused', phase: 1 } });
    await server.client.configurations.rollout('paused', { action: 'resume' });
    await reached('paused', { applied: ids.length, failed: 0, rollout: { state: 'complete', phase: 2 } });
  });

  test('a rollout that was switched off goes on once it is switched on', async () => {
    const { value } = mustHave(old.answers.configurations['switched-off']);
    await connectAll('switched-off');
    const { indexable: _, ...written } = value;
    await server.client.configurations.put('switched-off', { ...written, enabled: true });
    await reached('switched-off', { admitted: 1, applied: 1, rollout: { state: 'running', phase: 1 } });
    await server.client.configurations.rollout('switched-off', { action: 'promote' });
    await reached('switched-off', { admitted: 2, applied: 2, rollout: { state: 'complete' } });
  });

  test('the stable generation is kept that has left the history', async () => {
    await connectAll('scheduled');
    await server.client.configurations.rollout('scheduled', { action: 'rollback' });
    await reached('scheduled', { applied: 2, rollout: { state: 'rolledBack', generation: 24 } });
    expect(await server.client.configurations.get('scheduled')).toMatchObject({ desiredProperties: { scheduled: 1 } });
  });

  test('the change feed goes on behind the last event of the old server without a gap', async () => {
    const events = await eventsUntilNow(server, lastCursor());
    const first = Number(lastCursor()) + 1;
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => first + index));
    expect(events.map(({ event }) => event)).toContain('configuration');
  });

  test('a start after that finds everything as it was left', async () => {
    await server.end('SIGTERM');
    const left = await Server.start(ofFile, { dataDirectory: old.dataDirectory, environment });
    expect(await left.client.configurations.status('running')).toMatchObject({ rollout: { state: 'complete' } });
    expect(await left.client.devices.get('shaped')).toEqual(oldDevice('shaped'));
  });
});
