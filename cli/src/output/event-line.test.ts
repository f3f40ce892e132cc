import type { FeedEvent } from '@muster/api';
import { expect, test } from 'vitest';
import { createStyle } from '../text/style.js';
import { eventLine } from './event-line.js';

const at = 'T';

const PAUSED = {
  change: 'rollout',
  generation: 3,
  state: 'paused',
  phase: 2,
  reason: { code: 'paused-by-hand', text: 'paused by \u001ba' },
  by: '\u001ba',
} as const;

const QUARREL = { change: 'quarrelled', generation: 3, onDevice: 'd' } as const;

const CASES: [FeedEvent, string][] = [
  [
    {
      id: '1',
      event: 'desired',
      data: { device: 'd', version: 2, patch: { a: null }, at, configurations: ['c', 'e'] },
    },
    'T  d  desired       v2 {"a":null} from c, e',
  ],
  [
    { id: '1', event: 'acknowledged', data: { device: 'd', version: 2, status: 'applied', at } },
    'T  d  acknowledged  v2 applied',
  ],
  [
    { id: '1', event: 'presence', data: { device: 'd', connected: false, at, reason: 'bell\u0007' } },
    'T  d  presence      disconnected: bell\\u0007',
  ],
  [{ id: '1', event: 'device', data: { device: 'd', change: 'deleted', at } }, 'T  d  device        deleted'],
  [
    { id: '1', event: 'configuration', data: { configuration: 'c', change: 'replaced', generation: 3, at } },
    'T  c  configuration  replaced, generation 3',
  ],
  [
    { id: '1', event: 'configuration', data: { configuration: 'c', ...PAUSED, at } },
    'T  c  configuration  rollout, generation 3: paused, phase 2: paused by \\u001ba (by \\u001ba)',
  ],
  [
    { id: '1', event: 'configuration', data: { configuration: 'c', ...QUARREL, with: ['e', 'f'], at } },
    'T  c  configuration  quarrelled, generation 3, with e, f on d',
  ],
  [
    { id: '1', event: 'configuration', data: { configuration: 'c', ...QUARREL, with: [], at } },
    'T  c  configuration  quarrelled, generation 3, with itself on d',
  ],
  [{ id: '9', event: 'gap', data: { after: '4', oldest: '9' } }, 'gap: the server no longer has the events after 4'],
];

test.each(CASES)('%j is one line', (event, line) => {
  expect(eventLine(event, createStyle(false))).toBe(line);
});
