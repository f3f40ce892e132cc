import type { ConfigurationInput } from '@muster/api';
import { parseCondition } from '@muster/conditions';
import { Reconciler, rolloutRules } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import { OPERATOR, openRegistry } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SystemClock } from '../system-clock.js';
import { BoundedWrites, type Previews } from './bounded-writes.js';

const SPEED: ConfigurationInput & JsonObject = { targetCondition: '*', desiredProperties: { speed: 20 } };

let registry: Registry;
/** Previews made so far. */
let previews: number;
let status: Reconciler['status'];
/** Runs while a preview is made. */
let meanwhile: () => Promise<unknown>;

async function openWrites(isBoundRequired = false): Promise<BoundedWrites> {
  const clock = new SystemClock();
  const checkCondition = (text: string): void => void parseCondition(text, 'target');
  registry = await openRegistry({ clock, checkCondition, rollouts: rolloutRules });
  for (const id of ['a', 'b', 'c']) await registry.devices.register(OPERATOR, id, {});
  const reconciler = await Reconciler.start({ registry, clock, log: () => {} });
  onTestFinished(() => reconciler.stop());
  const counted = async <View>(asked: Promise<View>): Promise<View> => {
    previews += 1;
    const view = await asked;
    await meanwhile();
    return view;
  };
  const reconcilerPreviews: Previews = {
    preview: (write) => counted(reconciler.preview(write)),
  };
  status = (id) => reconciler.status(id);
  return new BoundedWrites({ registry, reconcilerOf: () => reconcilerPreviews, isBoundRequired });
}

beforeEach(() => {
  previews = 0;
  meanwhile = async () => {};
});

describe('with a bound', () => {
  it('allows a write that changes that many devices, and refuses more, with their number', async () => {
    const writes = await openWrites();
    const refused = { code: 'conflict', details: { changed: 3 }, message: expect.stringContaining('3 devices') };
    await expect(writes.put(OPERATOR, 's', SPEED, { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await registry.configurations.read('s')).toBeUndefined();
    expect(await writes.put(OPERATOR, 's', SPEED, { maxChanged: 3 })).toMatchObject({ isNew: true });
    const edited = { ...SPEED, desiredProperties: { speed: 30 } };
    await expect(writes.put(OPERATOR, 's', edited, { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await registry.configurations.mustRead('s')).toMatchObject({ generation: 1, ...SPEED });
  });

  it('of 0 allows a write that changes no device', async () => {
    const writes = await openWrites();
    await writes.put(OPERATOR, 's', SPEED, { maxChanged: 3 });
    const labelled = { ...SPEED, labels: { team: 'x' } };
    expect(await writes.put(OPERATOR, 's', labelled, { maxChanged: 0 })).toMatchObject({
      record: { labels: { team: 'x' } },
    });
    const weaker = { ...SPEED, priority: -1, desiredProperties: { speed: 1 } };
    await writes.put(OPERATOR, 'weak', weaker, { maxChanged: 0 });
    await writes.put(OPERATOR, 'off', { ...SPEED, desiredProperties: { on: true }, enabled: false }, { maxChanged: 0 });
    expect(previews).toBe(3);
  });

  it('counts devices that lose properties', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', SPEED);
    const off = writes.put(OPERATOR, 's', { ...SPEED, enabled: false }, { maxChanged: 0 });
    await expect(off).rejects.toMatchObject({ details: { changed: 3 } });
  });

  it('also counts devices that return to their previous document because another rollout begins', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', SPEED);
    const rollout = { phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] };
    const faster = { ...SPEED, desiredProperties: { speed: 30 }, rollout };
    await registry.configurations.put(OPERATOR, 's', faster);
    await vi.waitFor(() => expect(status('s')).toMatchObject({ matched: 3, admitted: 2 }), 5_000);
    const again = { ...faster, priority: 1 };
    const refused = { code: 'conflict', details: { changed: 3 } };
    await expect(writes.put(OPERATOR, 's', again, { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await writes.put(OPERATOR, 's', again, { maxChanged: 3 })).toMatchObject({ record: { generation: 3 } });
  });

  it('refuses a bad configuration and a failed precondition before it previews', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', SPEED);
    await expect(writes.put(OPERATOR, 'bad id', SPEED, { maxChanged: 9 })).rejects.toMatchObject({ code: 'bad-id' });
    const noCondition = { ...SPEED, targetCondition: 'a b' };
    await expect(writes.put(OPERATOR, 's', noCondition, { maxChanged: 9 })).rejects.toMatchObject({
      code: 'bad-condition',
    });
    for (const precondition of [{ kind: 'absent' }, { kind: 'match', revisions: [99] }] as const) {
      const put = writes.put(OPERATOR, 's', { ...SPEED, priority: 7 }, { maxChanged: 9, precondition });
      await expect(put).rejects.toMatchObject({ code: 'precondition-failed' });
    }
    expect(previews).toBe(0);
  });
});

describe('while others write the same configuration', () => {
  const edited = { ...SPEED, desiredProperties: { speed: 30 } };

  it.each<[what: string, isStored: boolean, write: () => Promise<unknown>, previewed: number]>([
    [
      'replace',
      true,
      () => registry.configurations.put(OPERATOR, 's', { ...SPEED, desiredProperties: { speed: 30, n: 1 } }),
      2,
    ],
    ['create', false, () => registry.configurations.put(OPERATOR, 's', { ...SPEED, enabled: false }), 2],
    ['delete', true, () => registry.configurations.remove(OPERATOR, 's'), 2],
    ['write the same', true, () => registry.configurations.put(OPERATOR, 's', edited), 1],
  ])(
    'a concurrent write (%s) is detected, and a preview of the old record does not count',
    async (_, isStored, write, previewed) => {
      const writes = await openWrites();
      if (isStored) await registry.configurations.put(OPERATOR, 's', SPEED);
      meanwhile = async () => {
        meanwhile = async () => {};
        await write();
      };
      await writes.put(OPERATOR, 's', edited, { maxChanged: 3 });
      expect(previews).toBe(previewed);
      expect(await registry.configurations.mustRead('s')).toMatchObject(edited);
    },
  );

  it('judges by the newest record, not by an earlier one', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', edited);
    meanwhile = () => registry.configurations.put(OPERATOR, 's', { ...SPEED, desiredProperties: {} });
    const renamed = { ...edited, priority: 1 };
    await expect(writes.put(OPERATOR, 's', renamed, { maxChanged: 0 })).rejects.toMatchObject({
      details: { changed: 3 },
    });
    expect((await registry.configurations.mustRead('s')).desiredProperties).toEqual({});
  });

  it('gives up if the other writes never stop', async () => {
    const writes = await openWrites();
    meanwhile = () => registry.configurations.put(OPERATOR, 's', { ...SPEED, priority: previews });
    await expect(writes.put(OPERATOR, 's', edited, { maxChanged: 9 })).rejects.toMatchObject({
      code: 'conflict',
      details: {},
    });
    expect(previews).toBeGreaterThan(1);
    expect((await registry.configurations.mustRead('s')).desiredProperties).toEqual({ speed: 20 });
  });
});

describe('without a bound', () => {
  it('previews nothing', async () => {
    const writes = await openWrites();
    await writes.put(OPERATOR, 's', SPEED);
    expect(previews).toBe(0);
  });

  it('is refused where a bound is required, unless it changes no device', async () => {
    const writes = await openWrites(true);
    const asked = { code: 'conflict', details: { changed: 3 }, message: expect.stringContaining('?maxChanged=3') };
    await expect(writes.put(OPERATOR, 's', SPEED)).rejects.toMatchObject(asked);
    await writes.put(OPERATOR, 'nobody', { ...SPEED, targetCondition: "device.id = 'x'" });
    await writes.put(OPERATOR, 's', SPEED, { maxChanged: 3 });
    await writes.put(OPERATOR, 's', { ...SPEED, labels: { a: 'b' } });
    expect(await registry.configurations.mustRead('s')).toMatchObject({ labels: { a: 'b' } });
  });
});

describe('a rollout', () => {
  const ROLLED = { ...SPEED, rollout: { phases: [{ percent: 34, wait: '1h' }, { percent: 100 }] } };
  const FASTER = { ...ROLLED, desiredProperties: { speed: 30 } };

  /** Two of three devices have the second generation. */
  async function openHalfway(isBoundRequired = false): Promise<BoundedWrites> {
    const writes = await openWrites(isBoundRequired);
    await registry.configurations.put(OPERATOR, 's', SPEED);
    await registry.configurations.put(OPERATOR, 's', FASTER);
    await expect.poll(() => status('s')).toMatchObject({ admitted: 2, matched: 3 });
    return writes;
  }

  it.each<[what: string, change: object, changed: number]>([
    ['is taken away', { rollout: undefined }, 1],
    ['is loosened', { rollout: { phases: [{ percent: 100 }] } }, 1],
  ])('that %s counts the devices that get it', async (_, change, changed) => {
    const writes = await openHalfway();
    const { rollout, ...others } = { ...FASTER, ...change };
    const written = rollout === undefined ? others : { ...others, rollout };
    const refused = writes.put(OPERATOR, 's', written, { maxChanged: changed - 1 });
    await expect(refused).rejects.toMatchObject({ code: 'conflict', details: { changed } });
    expect(await registry.configurations.mustRead('s')).toMatchObject(FASTER);
    expect(await writes.put(OPERATOR, 's', written, { maxChanged: changed })).toMatchObject({
      record: { generation: 3 },
    });
  });

  it('that is unchanged changes no device', async () => {
    const writes = await openHalfway();
    const record = await writes.put(OPERATOR, 's', { ...FASTER, labels: { a: 'b' } }, { maxChanged: 0 });
    expect([record.record.labels, previews]).toEqual([{ a: 'b' }, 0]);
  });

  it.each([
    ['rollback', { kind: 'rollback' }, 2, { generation: 3, desiredProperties: { speed: 20 } }],
    ['rollback by its number', { kind: 'rollback', generation: 1 }, 2, { generation: 3 }],
    ['promotion', { kind: 'promote' }, 1, { generation: 2, progress: { state: 'complete' } }],
  ] as const)('is left by a %s only within the bound', async (_, action, changed, expected) => {
    const writes = await openHalfway();
    const refused = writes.act(OPERATOR, 's', action, { maxChanged: changed - 1 });
    await expect(refused).rejects.toMatchObject({ code: 'conflict', details: { changed } });
    expect((await registry.configurations.mustRead('s')).progress).toMatchObject({ state: 'running' });
    expect(await writes.act(OPERATOR, 's', action, { maxChanged: changed })).toMatchObject(expected);
  });

  it('needs a bound to be rolled back or promoted where one is required, but not to be aborted', async () => {
    const writes = await openHalfway(true);
    for (const kind of ['rollback', 'promote'] as const) {
      const asked = { code: 'conflict', message: expect.stringContaining('?maxChanged=') };
      await expect(writes.act(OPERATOR, 's', { kind })).rejects.toMatchObject(asked);
    }
    for (const kind of ['pause', 'resume', 'abort'] as const) await writes.act(OPERATOR, 's', { kind });
    expect(previews).toBe(2);
  });

  it('withdraws the content from every device if there was none before', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', ROLLED);
    await expect.poll(() => status('s')).toMatchObject({ admitted: 2 });
    const refused = writes.act(OPERATOR, 's', { kind: 'rollback' }, { maxChanged: 1 });
    await expect(refused).rejects.toMatchObject({ details: { changed: 2 } });
    expect(await writes.act(OPERATOR, 's', { kind: 'rollback' }, { maxChanged: 2 })).toMatchObject({
      progress: { isWithdrawn: true },
    });
  });

  it('refuses an action that the rollout does not allow, before it previews', async () => {
    const writes = await openHalfway();
    const missing = writes.act(OPERATOR, 's', { kind: 'rollback', generation: 9 }, { maxChanged: 9 });
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
    await expect(writes.act(OPERATOR, 'nobody', { kind: 'promote' }, { maxChanged: 9 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(previews).toBe(0);
  });
});

describe('a deletion', () => {
  it('counts devices that lose properties', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', SPEED);
    const refused = { code: 'conflict', details: { changed: 3 }, message: expect.stringContaining('deleting s') };
    await expect(writes.remove(OPERATOR, 's', { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await registry.configurations.read('s')).toBeDefined();
    await writes.remove(OPERATOR, 's', { maxChanged: 3 });
    expect(await registry.configurations.read('s')).toBeUndefined();
    await expect(writes.remove(OPERATOR, 's', { maxChanged: 3 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('needs a bound where one is required, unless no device has the configuration', async () => {
    const writes = await openWrites(true);
    await registry.configurations.put(OPERATOR, 's', SPEED);
    await registry.configurations.put(OPERATOR, 'off', { ...SPEED, enabled: false });
    await writes.remove(OPERATOR, 'off');
    await expect(writes.remove(OPERATOR, 's')).rejects.toMatchObject({ code: 'conflict', details: { changed: 3 } });
  });

  it('detects a write in between', async () => {
    const writes = await openWrites();
    await registry.configurations.put(OPERATOR, 's', { ...SPEED, desiredProperties: {} });
    meanwhile = () => registry.configurations.put(OPERATOR, 's', SPEED);
    await expect(writes.remove(OPERATOR, 's', { maxChanged: 0 })).rejects.toMatchObject({ details: { changed: 3 } });
  });
});
