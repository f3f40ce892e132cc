import { describe, expect, it, test } from 'vitest';
import { phaseView, rolloutView } from '../testing/index.js';
import { createStyle } from '../text/style.js';
import { hasRolloutFailed, isRolloutOver, rolloutHeadLines, rolloutLine, rolloutLines } from './rollout-lines.js';

const now = Date.parse('2026-01-02T03:04:05.000Z');
const plain = { style: createStyle(false), isTerminal: false, now };

test('a rollout is shown phase by phase, with the results on its devices', () => {
  expect(rolloutLines(rolloutView(), plain)).toEqual([
    'rollout running: phase 2 of 3 opened: 15 %',
    '  since 2026-01-02T03:04:05.000Z, by muster',
    '  generation 4; other devices have generation 3',
    '  it waits: admits 1000 devices a minute',
    '  next step at 2026-01-02T03:05:05.000Z, in 1m',
    '',
    '  PHASE  PERCENT  WAIT  TARGET  ADMITTED  APPLIED  FAILED  PENDING  OVERRIDDEN',
    '  1      5        1d    50      50        48       2       0        0           ###################x',
    '> 2      15       90m   150     75        50       0       25       0           ##########-----.....',
    '  3      100      -     1000    0         0        0       0        0           ....................',
    '',
    'GENERATION  DEVICES',
    '4           123',
    '3           877',
    '',
    'APPLIED WITHIN  DEVICES',
    '1s              80       ####################',
    '10s             17       #####',
    'longer          1        #',
    '',
    'FAILED WITH  DEVICES  SUCH AS',
    'no space     2        pump-1, pump-7',
  ]);
});

describe('the head', () => {
  it('has no next step if the rollout is over', () => {
    const reason = { code: 'too-many-failures', text: '3 of 50 that finished failed, which is more than 2 %' };
    expect(rolloutHeadLines(rolloutView({ state: 'aborted', reason }), plain)).toEqual([
      'rollout aborted: 3 of 50 that finished failed, which is more than 2 %',
      '  since 2026-01-02T03:04:05.000Z, by muster',
      '  generation 4; other devices have generation 3',
    ]);
  });

  it('says that other devices have nothing if there is no stable generation, and shows no span for a past time', () => {
    const { stable: _, waitsFor: __, ...first } = rolloutView({ nextAt: '2026-01-02T03:04:00.000Z' });
    expect(rolloutHeadLines(first, plain).slice(2)).toEqual([
      '  generation 4; other devices have nothing',
      '  next step at 2026-01-02T03:04:00.000Z',
    ]);
  });

  it('escapes control characters', () => {
    const view = rolloutView({ changedBy: 'a\u001b[2J', reason: { code: 'written', text: 'by\nnobody' } });
    expect(rolloutHeadLines(view, plain).join('|')).toMatch(/by\\u000anobody\|.*by a\\u001b\[2J\|/);
  });
});

describe('the rest', () => {
  it('omits empty tables', () => {
    const empty = { generations: [], failures: [], converged: [{ withinMs: 1_000, devices: 0 }, { devices: 0 }] };
    const lines = rolloutLines(rolloutView(empty), plain);
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^ {2}3 +100 /);
  });

  it('marks no phase once it is over, and draws more devices than the target as full', () => {
    const phases = [phaseView(50, 2, { admitted: 3, applied: 3 }), phaseView(100, 2)];
    const lines = rolloutLines(rolloutView({ state: 'complete', phases }), plain);
    expect(lines.filter((line) => line.startsWith('> '))).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}1 .* #{20}$/));
  });

  it('says if there are more failures than listed', () => {
    const failures = [{ error: 'x\u001b', devices: 9, sample: ['a', 'b'] }];
    const lines = rolloutLines(rolloutView({ failures, failuresLeftOut: 12 }), plain);
    expect(lines.slice(-2)).toEqual(['x\\u001b      9        a, b, …', '… and 12 devices with other failures']);
  });

  it('is drawn in ASCII, with blocks on a terminal', () => {
    const isPlain = (lines: readonly string[]) => lines.every((line) => /^[\x20-\x7e]*$/.test(line));
    expect(isPlain(rolloutLines(rolloutView(), plain))).toBe(true);
    const terminal = { ...plain, isTerminal: true };
    expect(rolloutLines(rolloutView(), terminal)).toContainEqual(expect.stringContaining('█████▒▒▒▒▒'));
  });
});

test('one line has the counts, and why it waits or ended', () => {
  expect(rolloutLine(rolloutView())).toBe(
    'running  phase 2 of 3  admitted 125 of 150  applied 98  failed 2  pending 25  admits 1000 devices a minute',
  );
  expect(rolloutLine(rolloutView({ state: 'complete', reason: { code: 'all-admitted', text: 'all' } }))).toMatch(
    / all$/,
  );
});

test.each([
  ['waiting', false, false],
  ['running', false, false],
  ['paused', false, false],
  ['aborted', true, true],
  ['rolledBack', true, true],
  ['complete', true, false],
] as const)('%s: over %s, failed %s', (state, isOver, hasFailed) => {
  expect([isRolloutOver(state), hasRolloutFailed(state)]).toEqual([isOver, hasFailed]);
});
