import { expect, test } from 'vitest';
import { parseServiceTopic, TOPICS, twinEventTopic } from './topic.js';

test('events are published below the twin', () => {
  expect(twinEventTopic('lamp-1', 'presence')).toBe('twins/lamp-1/presence');
});

test('events and topics of devices are not commands of a service', () => {
  for (const kind of ['desired', 'reported', 'acknowledged', 'presence'] as const) {
    expect(parseServiceTopic(twinEventTopic('lamp-1', kind))).toBeUndefined();
  }
  for (const topic of Object.values(TOPICS)) expect(parseServiceTopic(topic)).toBeUndefined();
});
