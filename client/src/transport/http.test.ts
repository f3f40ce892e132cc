import { TwinError } from '@muster/twin';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, disconnect, problem, Wire } from '../testing/wire.js';
import { NetworkError } from './network-error.js';

let wire: Wire;
afterEach(() => wire.close());

const register = { auth: { type: 'secret', secret: '0123456789abcdef' } } as const;

describe('requests', () => {
  it('carry the token, the precondition and the content type', async () => {
    wire = await Wire.open(answer(200, { id: 'd' }));
    await wire.client().devices.patch('d', { tags: { a: null } }, { ifMatch: '"7"' });
    expect(wire.received).toMatchObject([
      {
        method: 'PATCH',
        url: '/v1/devices/d',
        body: '{"tags":{"a":null}}',
        headers: {
          authorization: 'Bearer secret',
          'content-type': 'application/merge-patch+json',
          'if-match': '"7"',
        },
      },
    ]);
  });

  it('fail with the problem of the server', async () => {
    const hint = "device.tags['a-b']";
    wire = await Wire.open(problem(400, 'bad-condition', { position: 4, length: 1, hint, errors: [] }));
    const error = await wire
      .client()
      .devices.query({ where: 'a-b' })
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TwinError);
    expect(error).toMatchObject({
      code: 'bad-condition',
      message: 'this is bad-condition',
      details: { position: 4, length: 1, hint },
    });
    expect((error as TwinError).details).not.toHaveProperty('errors');
  });

  it.each([
    { status: 404, code: 'not-found', details: {} },
    { status: 418, code: 'bad-request', details: { status: 418 } },
    { status: 502, code: 'unavailable', details: { status: 502 } },
  ])('fail as $code after a bare $status', async ({ status, code, details }) => {
    wire = await Wire.open((_request, response) => response.writeHead(status).end('<html>'));
    await expect(wire.client().devices.get('d')).rejects.toMatchObject({ code, details });
    expect(wire.received).toHaveLength(1);
  });

  it('fail as malformed if a successful answer is not JSON', async () => {
    wire = await Wire.open((_request, response) => response.end('<html>'));
    await expect(wire.client().devices.get('d')).rejects.toMatchObject({ code: 'malformed' });
  });

  it('refuse an invalid id before sending', async () => {
    wire = await Wire.open(answer(200, {}));
    const { devices, configurations } = wire.client();
    const input = { targetCondition: '*', desiredProperties: {} };
    const calls = [
      devices.get('../x'),
      devices.getWithETag('../x'),
      devices.register('../x'),
      devices.patch('../x', {}),
      devices.remove('../x'),
      devices.explain('../x'),
      configurations.get('../x'),
      configurations.getWithETag('../x'),
      configurations.put('../x', input),
      configurations.remove('../x'),
      configurations.status('../x'),
      configurations.rollout('../x', { action: 'pause' }),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'bad-id' } });
    }
    expect(wire.received).toEqual([]);
  });

  it('stop when the signal aborts', async () => {
    wire = await Wire.open(() => {});
    const signal = AbortSignal.timeout(50);
    await expect(wire.client().devices.get('d', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('repeating', () => {
  const device = answer(200, { id: 'd' }, { etag: '"1"' });

  it.each([
    { name: 'a broken connection', failure: disconnect },
    { name: '503', failure: problem(503, 'unavailable') },
  ])('helps GET, PUT and DELETE over $name', async ({ failure }) => {
    wire = await Wire.open(failure, device, failure, device, failure, device);
    const { devices } = wire.client();
    expect(await devices.getWithETag('d')).toEqual({ value: { id: 'd' }, etag: '"1"' });
    await devices.register('d', register);
    await devices.remove('d');
    expect(wire.received.map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT', 'PUT', 'DELETE', 'DELETE']);
  });

  it('ends after four attempts', async () => {
    wire = await Wire.open(disconnect);
    const error = await wire
      .client()
      .devices.get('d')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(wire.received).toHaveLength(4);
  });

  it('does not apply to POST and PATCH', async () => {
    wire = await Wire.open(disconnect, problem(503, 'unavailable'));
    const { devices, configurations } = wire.client();
    await expect(devices.patch('d', {})).rejects.toBeInstanceOf(NetworkError);
    const preview = configurations.preview({ targetCondition: '*', desiredProperties: {} });
    await expect(preview).rejects.toMatchObject({ code: 'unavailable' });
    expect(wire.received).toHaveLength(2);
  });

  it('does not apply if a success of the first attempt would make the second fail or lose the secret', async () => {
    wire = await Wire.open(disconnect);
    const { devices } = wire.client();
    await expect(devices.register('d', register, { ifMatch: '"1"' })).rejects.toBeInstanceOf(NetworkError);
    await expect(devices.register('d')).rejects.toBeInstanceOf(NetworkError);
    expect(wire.received).toHaveLength(2);
  });

  it('treats a DELETE that finds nothing as done, on a retry only', async () => {
    wire = await Wire.open(disconnect, problem(404, 'not-found'));
    const { devices } = wire.client();
    await devices.remove('d');
    await expect(devices.remove('d')).rejects.toMatchObject({ code: 'not-found' });
  });
});
