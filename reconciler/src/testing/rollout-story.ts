import { parseRollout } from '@muster/api';
import type { RolloutAction } from '@muster/registry';
import type { RolloutPolicy } from '@muster/twin';
import fc from 'fast-check';

/** What a configuration asks for: a document, of those that have a tag. */
export interface StoryContent {
  readonly value: string;
  readonly tag: StoryTag;
}

export type StoryTag = 'a' | 'b';
/** What a device does with a document: one after the other each time it gets it. */
export type StoryAnswer = 'applies' | 'fails' | 'is silent';

export interface StoryDevice {
  readonly tags: Readonly<Record<StoryTag, boolean>>;
  readonly isConnected: boolean;
  readonly answers: readonly StoryAnswer[];
}

export type StoryCommand =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tag'; readonly device: number; readonly tag: StoryTag; readonly has: boolean }
  | { readonly kind: 'connect'; readonly device: number; readonly isConnected: boolean }
  | { readonly kind: 'override'; readonly device: number; readonly isOverridden: boolean }
  | { readonly kind: 'act'; readonly action: RolloutAction }
  | {
      readonly kind: 'put';
      readonly content: StoryContent;
      readonly policy: RolloutPolicy | undefined;
      readonly enabled: boolean;
    }
  /** Writes the same content anew, with another rollout or switched off or on. */
  | { readonly kind: 'rewrite'; readonly policy: RolloutPolicy }
  | { readonly kind: 'switch'; readonly enabled: boolean };

export interface StoryStep {
  readonly elapsedMs: number;
  /** By how much the clock on the wall is set meanwhile. */
  readonly jumpMs: number;
  readonly command: StoryCommand;
  /** Whether the server is started anew after it. */
  readonly isRestarted: boolean;
}

export interface Story {
  readonly devices: readonly StoryDevice[];
  readonly steps: readonly StoryStep[];
}

const STARTS_AT = '2027-01-06T12:00:00Z';
export const STORY_STARTS_AT = Date.parse(STARTS_AT);

const waits = fc.constantFrom('0s', '0s', '90s', '1h');
const phases = fc
  .tuple(fc.uniqueArray(fc.constantFrom(1, 5, 12.5, 20, 50, 75), { maxLength: 3 }), fc.array(waits, { minLength: 4 }))
  .map(([percents, all]) =>
    [...percents.sort((left, right) => left - right), 100].map((percent, index) => ({
      percent,
      wait: all[index] ?? '0s',
    })),
  );
const rollouts = fc.record(
  {
    phases,
    abort: fc.record({ failedPercent: fc.constantFrom(0, 10, 50), minimum: fc.integer({ min: 1, max: 4 }) }),
    onAbort: fc.constantFrom('hold', 'rollback'),
    retries: fc.nat(3),
    timeout: fc.constantFrom('30s', '10m'),
    onFailure: fc.constantFrom('fallback', 'keep'),
    ratePerMinute: fc.constantFrom(1, 6, 90),
    startAt: fc.constantFrom(STARTS_AT, '2027-01-06T12:10:00Z'),
    window: fc.constantFrom(
      { from: '12:00', to: '13:00', timezone: 'UTC' },
      { from: '22:00', to: '14:00', timezone: 'UTC' },
    ),
  },
  { requiredKeys: [] },
);
export const policies: fc.Arbitrary<RolloutPolicy> = rollouts.map((rollout) =>
  parseRollout(JSON.parse(JSON.stringify(rollout)), '/rollout'),
);

const tags = fc.constantFrom<StoryTag>('a', 'b');
const contents: fc.Arbitrary<StoryContent> = fc.record({ value: fc.constantFrom('one', 'two', 'three'), tag: tags });
const puts = fc.record({
  kind: fc.constant('put' as const),
  content: contents,
  policy: fc.option(policies, { nil: undefined, freq: 6 }),
  enabled: fc.constantFrom(true, true, true, true, true, false),
});
/** What everybody has at once, from which a rollout may come. */
const begins = fc.record({
  kind: fc.constant('put' as const),
  content: fc.constant({ value: 'zero', tag: 'a' } as const),
  policy: fc.constant(undefined),
  enabled: fc.constant(true),
});
const rolledOut = fc.record({
  kind: fc.constant('put' as const),
  content: contents,
  policy: policies,
  enabled: fc.constant(true),
});
const device = fc.nat(29);
const actions: fc.Arbitrary<RolloutAction> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('abort' as const, 'promote' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rollback' as const), generation: fc.integer({ min: 1, max: 5 }) }),
  },
);
const commands: fc.Arbitrary<StoryCommand> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('nothing' as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('tag' as const), device, tag: tags, has: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('connect' as const), device, isConnected: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('override' as const), device, isOverridden: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('act' as const), action: actions }) },
  { weight: 1, arbitrary: puts },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewrite' as const), policy: policies }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), enabled: fc.boolean() }) },
);

const answers = fc.array(fc.constantFrom<StoryAnswer>('applies', 'applies', 'applies', 'fails', 'is silent'), {
  minLength: 1,
  maxLength: 4,
});
const devices = fc.record({
  tags: fc.record({ a: fc.constantFrom(true, true, false), b: fc.boolean() }),
  isConnected: fc.constantFrom(true, true, false),
  answers,
});
const elapsedMs = fc.constantFrom(1_000, 1_000, 5_000, 7_500, 60_000, 600_000, 3_600_000);
const HOUR_MS = 3_600_000;

/** Random stories; `jumps` are those of the clock on the wall. */
export function stories(jumps: 'no jumps' | 'jumps'): fc.Arbitrary<Story> {
  const jumpMs = jumps === 'jumps' ? fc.constantFrom(0, 0, 0, 0, -HOUR_MS, HOUR_MS, 24 * HOUR_MS) : fc.constant(0);
  const step = fc.record({ elapsedMs, jumpMs, command: commands, isRestarted: fc.constantFrom(false, false, true) });
  const begin = fc
    .tuple(fc.option(begins, { freq: 2 }), rolledOut)
    .map((puts) =>
      puts.flatMap((command) => (command ? [{ elapsedMs: 1_000, jumpMs: 0, command, isRestarted: false }] : [])),
    );
  return fc
    .tuple(
      fc.array(devices, { minLength: 1, maxLength: 30, size: 'max' }),
      begin,
      fc.array(step, { maxLength: 80, size: 'max' }),
    )
    .map(([fleet, first, rest]) => ({ devices: fleet, steps: [...first, ...rest] }));
}
