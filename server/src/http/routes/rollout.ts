import { CONFIGURATION_STATUS_EXAMPLE, ConfigurationStatusSchema, RolloutActionSchema, validate } from '@muster/api';
import type { RolloutAction } from '@muster/registry';
import { checkId, type Json, type JsonObject, TwinError } from '@muster/twin';
import type { AppParts } from '../framework/app-parts.js';
import { JSON_TYPE } from '../framework/body.js';
import { preconditionOf } from '../framework/etag.js';
import { IF_MATCH, MAX_CHANGED, maxChangedOf } from '../framework/parameter.js';
import { BODY_FAULTS } from '../framework/problem.js';
import type { Route } from '../framework/route.js';
import { mustRun } from '../framework/running.js';
import { configurationStatus } from '../views/configuration-status.js';

export function rolloutRoute(parts: AppParts): Route {
  return {
    method: 'POST',
    path: '/configurations/{id}/rollout',
    tag: 'configurations',
    summary: 'Steer a rollout',
    description:
      'An action that does not fit the state of the rollout is refused as `conflict`, a rollback to a generation that is ' +
      'not kept any more as `not-found`. What would change more devices than `maxChanged` is refused as `conflict`, with ' +
      'their number in `changed`; a server may ask for that bound of a rollback and of a promotion.',
    query: MAX_CHANGED,
    headers: IF_MATCH,
    body: { mediaTypes: [JSON_TYPE], schema: RolloutActionSchema, example: { action: 'pause' } },
    answers: {
      200: {
        description: 'The status after it',
        schema: ConfigurationStatusSchema,
        example: CONFIGURATION_STATUS_EXAMPLE,
      },
    },
    refuses: ['bad-id', ...BODY_FAULTS, 'not-found', 'conflict', 'precondition-failed'],
    handle: async ({ id, query, body, headers }) => {
      checkId(id);
      const action = parseAction(body);
      // Nothing is done whose outcome could not be told.
      mustRun(parts.running.reconciler);
      const options = { precondition: preconditionOf(headers), maxChanged: maxChangedOf(query) };
      const record = await parts.boundedWrites.act(id, action, options);
      return { status: 200, body: await configurationStatus(parts, record) };
    },
  };
}

function parseAction(body: JsonObject): RolloutAction {
  const { action: kind, generation } = validate(RolloutActionSchema, body);
  if (generation === undefined) return { kind };
  if (kind === 'rollback') return { kind, generation };
  throw new TwinError('bad-request', `"generation" belongs to a rollback, not to ${kind}`, { path: '/generation' });
}

/** The number of a generation in the member of a body. */
export function parseGeneration(name: string, value: Json | undefined): number {
  const path = `/${name}`;
  if (!Number.isSafeInteger(value)) throw new TwinError('malformed', `"${name}" is a whole number`, { path });
  if (Number(value) < 1) throw new TwinError('bad-request', `"${name}" is 1 or more`, { path });
  return Number(value);
}
