import type { ConfigurationStatusView } from '@muster/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenApp, openApp } from '../../testing/open-app.js';

const HALVES = { phases: [{ percent: 50, wait: '1h' }, { percent: 100 }] };
const WRITTEN = { targetCondition: "device.tags.k = 'x'", desiredProperties: { speed: 20 }, rollout: HALVES };

let open: OpenApp;
beforeEach(async () => {
  open = await openApp();
  for (const id of ['d1', 'd2', 'd3', 'd4']) await open.ask('PUT', `/v1/devices/${id}`, { json: { tags: { k: 'x' } } });
});
afterEach(() => open.close());

const put = (json: object = WRITTEN) => open.ask('PUT', '/v1/configurations/c', { json });
const act = (json: object, headers: Record<string, string> = {}) =>
  open.ask('POST', '/v1/configurations/c/rollout', { json, headers });
const status = async () => (await open.ask('GET', '/v1/configurations/c/status')).body as ConfigurationStatusView;
const halfAdmitted = () =>
  expect.poll(status).toMatchObject({ matched: 4, admitted: 2, rollout: { state: 'running' } });

it('a configuration without a rollout has none in its status', async () => {
  const { rollout: _, ...plain } = WRITTEN;
  await put(plain);
  expect(await status()).not.toHaveProperty('rollout');
});

it('a configuration is returned with its rollout as written', async () => {
  expect((await put()).body).toMatchObject({ generation: 1, rollout: HALVES });
});

it('the status is of the rollout just written, then of its phases', async () => {
  await put();
  expect((await status()).rollout).toMatchObject({ generation: 1, phase: 1 });
  await halfAdmitted();
  await expect.poll(async () => (await status()).rollout).toMatchObject({ waitsFor: { code: 'phase' } });
  const { rollout } = await status();
  expect(rollout).toMatchObject({ state: 'running', generation: 1, phase: 1, changedBy: expect.stringMatching(/./) });
  expect(rollout?.phases).toEqual([
    { percent: 50, waitMs: 3_600_000, target: 2, admitted: 2, applied: 0, failed: 0, pending: 2, overridden: 0 },
    { percent: 100, waitMs: 0, target: 4, admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 },
  ]);
  expect(rollout).toMatchObject({ nextAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(rollout).toMatchObject({ generations: [{ generation: 1, devices: 2 }], failures: [], failuresLeftOut: 0 });
  await put({ ...WRITTEN, desiredProperties: { speed: 25 } });
  expect((await status()).rollout).toMatchObject({ generation: 2, phase: 1 });
});

describe('an action', () => {
  it('returns the new status, which later reads return too', async () => {
    await put();
    await halfAdmitted();
    const paused = await act({ action: 'pause' });
    expect(paused).toMatchObject({ status: 200, body: { matched: 4, admitted: 2, rollout: { state: 'paused' } } });
    expect(paused.body).toMatchObject({ rollout: { reason: { code: 'paused-by-hand' } } });
    expect((await status()).rollout).toMatchObject({ state: 'paused' });
    expect(await act({ action: 'resume' })).toMatchObject({ status: 200, body: { rollout: { phase: 1 } } });
    expect(await act({ action: 'promote' })).toMatchObject({ status: 200, body: { rollout: { state: 'complete' } } });
    await expect.poll(status).toMatchObject({ admitted: 4, winning: 4 });
  });

  it('that does not fit the state is a conflict, which names the actions that fit', async () => {
    await put();
    expect(await act({ action: 'resume' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await act({ action: 'pause' });
    const again = await act({ action: 'pause' });
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('resume, abort, rollback') } });
    await act({ action: 'abort' });
    expect((await status()).rollout).toMatchObject({ state: 'aborted' });
    for (const action of ['pause', 'resume', 'abort']) {
      expect(await act({ action })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
  });

  it('rolls back to the previous generation, or to the given one', async () => {
    const { rollout: _, ...plain } = WRITTEN;
    await put({ ...plain, desiredProperties: { speed: 10 } });
    await put();
    await halfAdmitted();
    const missing = await act({ action: 'rollback', generation: 99 });
    expect(missing).toMatchObject({ status: 404, body: { code: 'not-found' } });
    const back = await act({ action: 'rollback' });
    expect(back).toMatchObject({ status: 200, body: { rollout: { state: 'rolledBack' } } });
    const stored = await open.ask('GET', '/v1/configurations/c');
    expect(stored.body).toMatchObject({ generation: 3, desiredProperties: { speed: 10 } });
    expect(await act({ action: 'rollback', generation: 2 })).toMatchObject({ status: 200 });
    const forward = await open.ask('GET', '/v1/configurations/c');
    expect(forward.body).toMatchObject({ generation: 4, desiredProperties: { speed: 20 } });
  });

  it('that expects another ETag does nothing', async () => {
    await put();
    const refused = await act({ action: 'pause' }, { 'if-match': '"999"' });
    expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect((await status()).rollout?.state).not.toBe('paused');
    expect(await act({ action: 'pause' }, { 'if-match': '*' })).toMatchObject({ status: 200 });
  });

  it('is in the change feed, with its actor', async () => {
    await put();
    await act({ action: 'pause' });
    const { changes } = await open.registry.changeLog.read(0, 1_000);
    const told = changes.filter(({ kind, data }) => kind === 'configuration' && data.change === 'rollout');
    expect(told.at(-1)).toMatchObject({
      configuration: 'c',
      data: { state: 'paused', phase: 1, generation: 1, reason: { code: 'paused-by-hand' }, by: expect.any(String) },
    });
  });
});

describe('a bound', () => {
  const bounded = (action: string, maxChanged: string) =>
    open.ask('POST', `/v1/configurations/c/rollout?maxChanged=${maxChanged}`, { json: { action } });

  it('refuses a write that would change more devices, with their number', async () => {
    await put();
    await halfAdmitted();
    expect(await bounded('promote', '1')).toMatchObject({ status: 409, body: { code: 'conflict', changed: 2 } });
    expect(await bounded('rollback', '1')).toMatchObject({ status: 409, body: { code: 'conflict', changed: 2 } });
    expect(await bounded('promote', 'x')).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect((await status()).rollout).toMatchObject({ state: 'running' });
    expect(await bounded('pause', '0')).toMatchObject({ status: 200 });
    expect(await bounded('promote', '2')).toMatchObject({ status: 200, body: { rollout: { state: 'complete' } } });
  });
});

describe('a preview', () => {
  const preview = (json: object) => open.ask('POST', '/v1/configurations:preview', { json: { id: 'c', ...json } });

  it('shows the effect of a rollback or a promotion, and does nothing', async () => {
    const { rollout: _, ...plain } = WRITTEN;
    await put({ ...plain, desiredProperties: { speed: 10 } });
    await put();
    await halfAdmitted();
    await expect.poll(() => preview({ rollback: true })).toMatchObject({ body: { changed: 2 } });
    const changes = [{ path: '/speed', before: 20, after: 10, devices: 2 }];
    const back = { status: 200, body: { matched: 4, entering: 0, leaving: 0, changed: 2, changes, indexable: true } };
    expect(await preview({ rollback: true })).toMatchObject(back);
    expect(await preview({ rollback: 1 })).toMatchObject(back);
    const forth = { matched: 4, changed: 2, changes: [{ path: '/speed', before: 10, after: 20, devices: 2 }] };
    expect(await preview({ promote: true })).toMatchObject({ status: 200, body: forth });
    expect((await status()).rollout).toMatchObject({ state: 'running', generation: 2 });
  });

  it('counts devices that lose the content, if there was none before', async () => {
    await put();
    await halfAdmitted();
    const back = { status: 200, body: { matched: 0, leaving: 2, changed: 2 } };
    await expect.poll(() => preview({ rollback: true })).toMatchObject(back);
  });

  it.each([
    [{ rollback: 9 }, 404, 'not-found'],
    [{ rollback: true }, 409, 'conflict'],
    [{ promote: true }, 409, 'conflict'],
    [{ rollback: true, id: 'other' }, 404, 'not-found'],
    [{ rollback: true, id: 'no id' }, 400, 'bad-id'],
    [{ rollback: true, id: undefined }, 400, 'malformed'],
    [{ rollback: true, promote: true }, 400, 'bad-request'],
    [{ rollback: 1, priority: 2 }, 400, 'bad-request'],
    [{ rollback: 0 }, 400, 'bad-request'],
    [{ rollback: 1.5 }, 400, 'malformed'],
    [{ rollback: false }, 400, 'malformed'],
    [{ promote: 1 }, 400, 'malformed'],
  ])('of %j is refused', async (json, refused, code) => {
    const { rollout: _, ...plain } = WRITTEN;
    await put(plain);
    expect(await preview(json)).toMatchObject({ status: refused, body: { code } });
  });
});
