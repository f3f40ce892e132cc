import { checkId } from '@muster/twin';
import type { AppParts } from './app-parts.js';
import { JSON_TYPE } from './body.js';
import { BODY_FAULTS } from './problem.js';
import type { Route } from './route.js';
import { mustRun } from './running.js';
import { ref } from './schema.js';

const EXAMPLE = { id: 'limit-speed', targetCondition: "device.tags.region = 'eu'", desiredProperties: { speed: 20 } };

export function previewRoute({ registry, running }: AppParts): Route {
  return {
    method: 'POST',
    path: '/configurations:preview',
    tag: 'configurations',
    summary: 'What a configuration would do, without doing it',
    description:
      'With the id of a stored configuration it is an edit of that one; without an id it is called `preview`.',
    body: { mediaTypes: [JSON_TYPE], schema: ref('ConfigurationPreview'), example: EXAMPLE },
    answers: { 200: { description: 'Who matches, who changes, and who wins', schema: ref('Preview') } },
    refuses: ['bad-id', 'bad-condition', ...BODY_FAULTS],
    handle: async ({ body }) => {
      const id = body.id === undefined ? undefined : checkId(body.id);
      const input = registry.parseConfiguration(body);
      return { status: 200, body: await mustRun(running.reconciler).preview(id, input) };
    },
  };
}
