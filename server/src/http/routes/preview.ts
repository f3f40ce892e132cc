import { ConfigurationPreviewSchema, PreviewSchema } from '@muster/api';
import { UNNAMED_ID } from '@muster/reconciler';
import type { RolloutAction } from '@muster/registry';

import { checkId, type JsonObject, TwinError } from '@muster/twin';
import type { AppParts } from '../framework/app-parts.js';
import { JSON_TYPE } from '../framework/body.js';
import { mustRun } from '../framework/must-run.js';
import { BODY_FAULTS } from '../framework/problem.js';
import type { Route } from '../framework/route.js';
import { parseGeneration } from './rollout.js';

const EXAMPLE = { id: 'limit-speed', targetCondition: "device.tags.region = 'eu'", desiredProperties: { speed: 20 } };

export function previewRoute({ registry, running }: AppParts): Route {
  return {
    method: 'POST',
    path: '/configurations:preview',
    tag: 'configurations',
    summary: 'Preview a configuration, a rollback or a promotion',
    description:
      'With the id of a stored configuration it previews an edit of it; without an id the configuration is called ' +
      '`preview`. Refused with the same errors as storing it. With `rollback` or `promote` instead of content it ' +
      'previews that action on the rollout of the configuration in its current state.',
    body: { mediaTypes: [JSON_TYPE], schema: ConfigurationPreviewSchema, example: EXAMPLE },
    answers: {
      200: { description: 'Devices that match and change, and conflicts with other layers', schema: PreviewSchema },
    },
    refuses: ['bad-id', 'bad-condition', ...BODY_FAULTS, 'not-found', 'conflict'],
    handle: async ({ body, principal }) => {
      const action = parseAction(body);
      const reconciler = mustRun(running.reconciler);
      if (action) {
        const stored = await registry.configurations.mustRead(checkId(body.id));
        const planned = registry.configurations.planRolloutAction(principal, stored, action);
        return { status: 200, body: await reconciler.preview({ stored, planned }) };
      }
      const id = body.id === undefined ? undefined : checkId(body.id);
      const input = await registry.configurations.check(principal, id, body);
      const stored = id === undefined ? undefined : await registry.configurations.read(id);
      const planned = registry.configurations.plan(principal, id ?? UNNAMED_ID, stored, input);
      return { status: 200, body: await reconciler.preview({ stored, planned, isComplete: true }) };
    },
  };
}

/** Returns undefined for a body that is a configuration. */
function parseAction({ id, ...body }: JsonObject): RolloutAction | undefined {
  const kind = (['rollback', 'promote'] as const).find((name) => Object.hasOwn(body, name));
  if (kind === undefined) return undefined;
  const other = Object.keys(body).find((name) => name !== kind);
  if (other !== undefined) throw refusal('bad-request', `"${kind}" goes with "id" only, without "${other}"`, other);
  if (id === undefined) throw refusal('malformed', `"${kind}" needs the "id" of a configuration`, 'id');
  const value = body[kind];
  if (value === true) return { kind };
  if (kind === 'rollback' && typeof value === 'number') return { kind, generation: parseGeneration(kind, value) };
  const allowed = kind === 'rollback' ? 'true, or the number of a generation' : 'true';
  throw refusal('malformed', `"${kind}" must be ${allowed}`, kind);
}

function refusal(code: 'bad-request' | 'malformed', message: string, member: string): TwinError {
  return new TwinError(code, message, { path: `/${member}` });
}
