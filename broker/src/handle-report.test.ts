import { deviceActor } from '@muster/registry';
import { OPERATOR, openRegistry } from '@muster/registry/testing';
import { TwinError } from '@muster/twin';
import { expect, test } from 'vitest';
import { handleReport } from './handle-report.js';

async function device() {
  const registry = await openRegistry();
  await registry.devices.register(OPERATOR, 'd', {});
  const say = (payload: string | Buffer) =>
    handleReport(registry, deviceActor('d'), 'd', Buffer.from(payload as string));
  return { registry, say };
}

test('an accepted report is answered only if it carries an id', async () => {
  const { registry, say } = await device();
  expect(await say('{"reported":{"a":1}}')).toBeUndefined();
  expect(await say('{"id":"x","reported":{"a":2}}')).toEqual({
    topic: '$twin/accepted',
    message: { id: 'x', version: 2 },
  });
  expect((await registry.devices.mustRead('d')).reported).toEqual({ a: 2 });
});

test.each([
  ['{"reported":', 'malformed'],
  ['', 'malformed'],
  ['[]', 'malformed'],
  ['{}', 'malformed'],
  ['{"reported":null}', 'malformed'],
  ['{"id":7,"reported":{}}', 'malformed'],
  ['{"applied":1,"failed":1}', 'malformed'],
  [Buffer.from([0x7b, 0xff, 0x7d]), 'malformed'],
  ['{"applied":9}', 'unknown-version'],
  ['{"reported":{"__proto__":{"x":1}}}', 'bad-key'],
  ['{"reported":{"n":9007199254740993}}', 'bad-number'],
  [`{"reported":{"s":"${'x'.repeat(5_000)}"}}`, 'too-large'],
])('%s is refused as %s, and nothing is stored', async (payload, code) => {
  const { registry, say } = await device();
  const answer = await say(payload);
  expect(answer).toMatchObject({ topic: '$twin/rejected', message: { code, message: expect.any(String) } });
  expect(await registry.devices.mustRead('d')).toMatchObject({ reported: {}, reportedVersion: 0 });
});

test('a refusal repeats the id of the report', async () => {
  const { say } = await device();
  expect(await say('{"id":"mine","applied":9}')).toMatchObject({ message: { id: 'mine', code: 'unknown-version' } });
});

test.each([
  ['{"id":"mine","reported":{"n":12345678901234567890}}', 'bad-number'],
  [`{"id":"mine","reported":${'{"d":'.repeat(70)}1${'}'.repeat(70)}}`, 'too-deep'],
])('a refusal repeats the id even if the text itself is refused: %s', async (payload, code) => {
  const { say } = await device();
  expect(await say(payload)).toMatchObject({ message: { id: 'mine', code } });
});

test('a report that could not be stored is not answered', async () => {
  const { registry } = await device();
  const broken = {
    devices: { report: () => Promise.reject(new TwinError('unavailable', 'disk full')) },
  } as unknown as typeof registry;
  await expect(handleReport(broken, deviceActor('d'), 'd', Buffer.from('{"reported":{}}'))).rejects.toThrow(
    'disk full',
  );
});

test('a report of a device that was deleted is not answered', async () => {
  const { registry, say } = await device();
  await registry.devices.remove(OPERATOR, 'd');
  expect(await say('{"id":"x","reported":{"a":1}}')).toBeUndefined();
});
