import { parseCondition } from '@muster/conditions';
import { Reconciler } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import { openRegistry } from '@muster/registry/testing';
import type { ConfigurationInput, JsonObject } from '@muster/twin';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BoundedPut } from './bounded-put.js';
import { SystemClock } from './system-clock.js';

const SPEED: ConfigurationInput & JsonObject = { targetCondition: '*', desiredProperties: { speed: 20 } };

let registry: Registry;
/** How often a preview was made. */
let previews: number;
/** What happens while a preview is made. */
let meanwhile: () => Promise<unknown>;

async function openPut(isBoundRequired = false): Promise<BoundedPut> {
  const clock = new SystemClock();
  const checkCondition = (text: string): void => void parseCondition(text, 'target');
  registry = await openRegistry({ clock, checkCondition });
  for (const id of ['a', 'b', 'c']) await registry.register(id, {});
  const reconciler = await Reconciler.start({ registry, clock, log: () => {} });
  onTestFinished(() => reconciler.stop());
  const previewOver: Reconciler['previewOver'] = async (...asked) => {
    previews += 1;
    const view = await reconciler.previewOver(...asked);
    await meanwhile();
    return view;
  };
  return new BoundedPut({ registry, previewOver, isBoundRequired });
}

beforeEach(() => {
  previews = 0;
  meanwhile = async () => {};
});

describe('with a bound', () => {
  it('stores what changes as many devices, and refuses what changes more, with their number', async () => {
    const puts = await openPut();
    const refused = { code: 'conflict', details: { changed: 3 }, message: expect.stringContaining('3 devices') };
    await expect(puts.put('s', SPEED, { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await registry.readConfiguration('s')).toBeUndefined();
    expect(await puts.put('s', SPEED, { maxChanged: 3 })).toMatchObject({ isNew: true });
    const edited = { ...SPEED, desiredProperties: { speed: 30 } };
    await expect(puts.put('s', edited, { maxChanged: 2 })).rejects.toMatchObject(refused);
    expect(await registry.mustReadConfiguration('s')).toMatchObject({ generation: 1, ...SPEED });
  });

  it('of nothing stores what changes no device', async () => {
    const puts = await openPut();
    await puts.put('s', SPEED, { maxChanged: 3 });
    const labelled = { ...SPEED, labels: { team: 'x' } };
    expect(await puts.put('s', labelled, { maxChanged: 0 })).toMatchObject({ record: { labels: { team: 'x' } } });
    const weaker = { ...SPEED, priority: -1, desiredProperties: { speed: 1 } };
    await puts.put('weak', weaker, { maxChanged: 0 });
    await puts.put('off', { ...SPEED, desiredProperties: { on: true }, enabled: false }, { maxChanged: 0 });
    expect(previews).toBe(3);
  });

  it('counts those that it takes something from', async () => {
    const puts = await openPut();
    await registry.putConfiguration('s', SPEED);
    const off = puts.put('s', { ...SPEED, enabled: false }, { maxChanged: 0 });
    await expect(off).rejects.toMatchObject({ details: { changed: 3 } });
  });

  it('refuses what is no configuration, and what was not to be written, before it looks at a device', async () => {
    const puts = await openPut();
    await registry.putConfiguration('s', SPEED);
    await expect(puts.put('bad id', SPEED, { maxChanged: 9 })).rejects.toMatchObject({ code: 'bad-id' });
    const noCondition = { ...SPEED, targetCondition: 'a b' };
    await expect(puts.put('s', noCondition, { maxChanged: 9 })).rejects.toMatchObject({ code: 'bad-condition' });
    for (const precondition of [{ kind: 'absent' }, { kind: 'match', revisions: [99] }] as const) {
      const put = puts.put('s', { ...SPEED, priority: 7 }, { maxChanged: 9, precondition });
      await expect(put).rejects.toMatchObject({ code: 'precondition-failed' });
    }
    expect(previews).toBe(0);
  });
});

describe('while others write the same configuration', () => {
  const edited = { ...SPEED, desiredProperties: { speed: 30 } };

  it.each<[what: string, isStored: boolean, write: () => Promise<unknown>, previewed: number]>([
    ['replace', true, () => registry.putConfiguration('s', { ...SPEED, desiredProperties: { speed: 30, n: 1 } }), 2],
    ['create', false, () => registry.putConfiguration('s', { ...SPEED, enabled: false }), 2],
    ['delete', true, () => registry.removeConfiguration('s'), 2],
    ['write the same', true, () => registry.putConfiguration('s', edited), 1],
  ])(
    'who come in between to %s it are seen, and a preview of another thing does not count',
    async (_, isStored, write, previewed) => {
      const puts = await openPut();
      if (isStored) await registry.putConfiguration('s', SPEED);
      meanwhile = async () => {
        meanwhile = async () => {};
        await write();
      };
      await puts.put('s', edited, { maxChanged: 3 });
      expect(previews).toBe(previewed);
      expect(await registry.mustReadConfiguration('s')).toMatchObject(edited);
    },
  );

  it('refuses by what is stored then, not by what was', async () => {
    const puts = await openPut();
    await registry.putConfiguration('s', edited);
    meanwhile = () => registry.putConfiguration('s', { ...SPEED, desiredProperties: {} });
    const renamed = { ...edited, priority: 1 };
    await expect(puts.put('s', renamed, { maxChanged: 0 })).rejects.toMatchObject({ details: { changed: 3 } });
    expect((await registry.mustReadConfiguration('s')).desiredProperties).toEqual({});
  });

  it('gives up when they never stop', async () => {
    const puts = await openPut();
    meanwhile = () => registry.putConfiguration('s', { ...SPEED, priority: previews });
    await expect(puts.put('s', edited, { maxChanged: 9 })).rejects.toMatchObject({ code: 'conflict', details: {} });
    expect(previews).toBeGreaterThan(1);
    expect((await registry.mustReadConfiguration('s')).desiredProperties).toEqual({ speed: 20 });
  });
});

describe('without a bound', () => {
  it('looks at no device', async () => {
    const puts = await openPut();
    await puts.put('s', SPEED);
    expect(previews).toBe(0);
  });

  it('is refused where one is required, but for what changes no device', async () => {
    const puts = await openPut(true);
    const asked = { code: 'conflict', details: { changed: 3 }, message: expect.stringContaining('?maxChanged=3') };
    await expect(puts.put('s', SPEED)).rejects.toMatchObject(asked);
    await puts.put('nobody', { ...SPEED, targetCondition: "device.id = 'x'" });
    await puts.put('s', SPEED, { maxChanged: 3 });
    await puts.put('s', { ...SPEED, labels: { a: 'b' } });
    expect(await registry.mustReadConfiguration('s')).toMatchObject({ labels: { a: 'b' } });
  });
});
