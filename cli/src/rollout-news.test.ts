import type { ConfigurationView } from '@muster/api';
import { expect, it } from 'vitest';
import { rolloutNews } from './rollout-news.js';
import { configurationView } from './testing/index.js';

const view = (more: object = {}, generation = 1): ConfigurationView =>
  ({
    ...configurationView('c', { targetCondition: '*', desiredProperties: { a: 1 }, rollout: {}, ...more }),
    generation,
  }) as unknown as ConfigurationView;

const { rollout: _, ...without } = view();

it.each<[string, ConfigurationView | undefined, ConfigurationView, string | undefined]>([
  ['a new one', undefined, view(), 'a rollout begins: muster status c --watch'],
  ['other content', view(), view({ priority: 5 }, 2), 'a rollout begins: muster status c --watch'],
  ['other content, with a rollout for the first time', without, view({ enforce: true }, 2), 'a rollout begins: muster'],
  ['the rollout alone', view(), view({ rollout: { retries: 1 } }, 2), 'its rollout was written anew: muster status c'],
  ['a rollout for what everybody has', without, view({}, 2), 'there is nothing to roll out'],
  ['one that is disabled', undefined, view({ enabled: false }), 'as long as the configuration is disabled'],
  ['the description alone', view(), view({ description: 'x' }), undefined],
  ['one without a rollout', undefined, without, undefined],
])('%s', (_, before, after, expected) => {
  const told = rolloutNews(before, after);
  if (expected === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(expected);
});
