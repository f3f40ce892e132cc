import type { Admission, RolloutProgress } from '@muster/registry';
import { expect, test } from 'vitest';
import { admissionOf, progressOf } from '../../testing/index.js';
import { layerOf, type RolledLayer } from './layer-of.js';

interface Case {
  readonly what: string;
  readonly progress?: Partial<RolloutProgress> | 'none';
  readonly admission?: Partial<Admission>;
  readonly keeps?: boolean;
  readonly isDisabled?: boolean;
  /** For a device that matches both conditions, only the current one, only the stable one, and neither. */
  readonly layers: readonly [RolledLayer, RolledLayer, RolledLayer, RolledLayer];
}

const BY_STABLE = ['stable', 'none', 'stable', 'none'] as const;
const BY_CURRENT = ['current', 'current', 'none', 'none'] as const;
const NONE = ['none', 'none', 'none', 'none'] as const;

const CASES: readonly Case[] = [
  { what: 'without a rollout it is the current one', progress: 'none', layers: BY_CURRENT },
  { what: 'who is not admitted has the stable one', layers: BY_STABLE },
  { what: 'who is admitted has the current one', admission: {}, layers: ['current', 'current', 'stable', 'none'] },
  { what: 'who applied it, too', admission: { state: 'applied' }, layers: ['current', 'current', 'stable', 'none'] },
  { what: 'between attempts it is the stable one', admission: { state: 'resting' }, layers: BY_STABLE },
  {
    what: 'between attempts also where failures keep it',
    admission: { state: 'resting' },
    keeps: true,
    layers: BY_STABLE,
  },
  { what: 'who failed falls back', admission: { state: 'failed' }, layers: BY_STABLE },
  {
    what: 'or keeps it',
    admission: { state: 'failed' },
    keeps: true,
    layers: ['current', 'current', 'stable', 'none'],
  },
  { what: 'who came back is not admitted yet', admission: { isAway: true }, layers: BY_STABLE },
  {
    what: 'paused, the admitted keep it',
    progress: { state: 'paused' },
    admission: {},
    layers: ['current', 'current', 'stable', 'none'],
  },
  {
    what: 'aborted, the admitted keep it',
    progress: { state: 'aborted' },
    admission: {},
    layers: ['current', 'current', 'stable', 'none'],
  },
  { what: 'aborted, the others never get it', progress: { state: 'aborted' }, layers: BY_STABLE },
  { what: 'complete, all have it', progress: { state: 'complete' }, layers: BY_CURRENT },
  { what: 'complete, the admitted have it', progress: { state: 'complete' }, admission: {}, layers: BY_CURRENT },
  {
    what: 'complete, who failed stays with what was before',
    progress: { state: 'complete' },
    admission: { state: 'failed' },
    layers: ['stable', 'none', 'none', 'none'],
  },
  {
    what: 'complete, who rests stays with it for so long',
    progress: { state: 'complete' },
    admission: { state: 'resting' },
    layers: ['stable', 'none', 'none', 'none'],
  },
  { what: 'rolled back, all have it', progress: { state: 'rolledBack' }, layers: BY_CURRENT },
  {
    what: 'taken back, nobody has anything',
    progress: { state: 'rolledBack', isWithdrawn: true },
    admission: {},
    layers: NONE,
  },
  {
    what: 'disabled, nobody has anything',
    progress: { state: 'paused' },
    admission: {},
    isDisabled: true,
    layers: NONE,
  },
  { what: 'disabled without a rollout neither', progress: 'none', isDisabled: true, layers: NONE },
];

test.each(CASES)('$what', ({ progress = {}, admission, keeps = false, isDisabled = false, layers }) => {
  const sorts = [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const;
  const found = sorts.map(([matchesCurrent, matchesStable]) =>
    layerOf({
      enabled: !isDisabled,
      progress: progress === 'none' ? undefined : progressOf(progress),
      onFailure: keeps ? 'keep' : 'fallback',
      admission: admission && admissionOf(admission),
      matchesCurrent,
      matchesStable,
    }),
  );
  expect(found).toEqual(layers);
});
