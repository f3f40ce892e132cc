import fc from 'fast-check';
import mqttPacket, { type IPublishPacket } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { PacketIds } from './packet-ids.js';
import { publishFrame, subackFrame } from './raw-frame.js';

test('frames equal those of mqtt-packet byte for byte, at every size of the remaining length', () => {
  const payload = fc
    .constantFrom(0, 1, 110, 120, 121, 122, 123, 16_370, 16_377, 16_378, 16_379, 2_097_150)
    .map((length) => Buffer.alloc(length, 7));
  const flags = fc.record({
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    dup: fc.boolean(),
  });
  const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      topic,
      payload,
      flags,
      fc.integer({ min: 1, max: 65_535 }),
      (name, content, { qos, retain, dup }, id) => {
        const packet: IPublishPacket = { cmd: 'publish', topic: name, payload: content, qos, retain, dup };
        if (qos > 0) packet.messageId = id;
        const bytes = publishFrame(name, content, { qos, retain, dup }, id);
        expect(bytes.equals(mqttPacket.generate(packet))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('a payload may be a string', () => {
  const flags = { qos: 1, retain: false, dup: false } as const;
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(publishFrame('t', text, flags, 7).equals(publishFrame('t', Buffer.from(text), flags, 7))).toBe(true);
    }),
  );
});

test('the length of a SUBACK with many entries takes two bytes', () => {
  const codes = Array.from({ length: 200 }, (_, index) => [0, 1, 2, 0x80][index % 4] ?? 0);
  expect(subackFrame(513, codes).equals(mqttPacket.generate({ cmd: 'suback', messageId: 513, granted: codes }))).toBe(
    true,
  );
});

test('ids run from 1 to 65535 and none is given twice while it is held', () => {
  const ids = new PacketIds<string>();
  const taken = Array.from({ length: 65_535 }, () => ids.take('x'));
  expect(taken).toEqual(taken.map((_, index) => index + 1));
  expect(ids.take('x')).toBeUndefined();
  ids.release(500);
  expect(ids.take('y')).toBe(500);
  expect(ids.get(500)).toBe('y');
  expect(ids.releaseAll()).toHaveLength(65_535);
  expect(ids.releaseAll()).toEqual([]);
  ids.hold(501, 'held');
  expect(ids.take('x')).toBe(502);
});
