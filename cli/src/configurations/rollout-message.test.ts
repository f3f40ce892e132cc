import type { ConfigurationView } from '@muster/api';
import { expect, it } from 'vitest';
import { configurationView } from '../testing/index.js';
import { rolloutMessage } from './rollout-message.js';

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
  ['the rollout alone', view(), view({ rollout: { retries: 1 } }, 2), 'its rollout was edited: muster status c'],
  ['a rollout for content that every device has', without, view({}, 2), 'nothing to roll out'],
  ['a disabled one', undefined, view({ enabled: false }), 'while the configuration is disabled'],
  ['the description alone', view(), view({ description: 'x' }), undefined],
  ['one without a rollout', undefined, without, undefined],
])('%s', (_, before, after, expected) => {
  const message = rolloutMessage(before, after);
  if (expected === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(expected);
});
