import { CONFIGURATION_STATUS_EXAMPLE, ConfigurationStatusSchema, RolloutActionSchema, validate } from '@muster/api';
import type { RolloutAction } from '@muster/registry';
import { checkId, type Json, type JsonObject, TwinError } from '@muster/twin';
import type { AppParts } from '../framework/app-parts.js';
import { JSON_TYPE } from '../framework/body.js';
import { preconditionOf } from '../framework/etag.js';
import { mustRun } from '../framework/must-run.js';
import { IF_MATCH, MAX_CHANGED, maxChangedOf } from '../framework/parameter.js';
import { BODY_FAULTS } from '../framework/problem.js';
import type { Route } from '../framework/route.js';
import { configurationStatus } from '../views/configuration-status.js';

export function rolloutRoute(parts: AppParts): Route {
  return {
    method: 'POST',
    path: '/configurations/{id}/rollout',
    tag: 'configurations',
    summary: 'Pause, resume, abort, roll back or promote a rollout',
    description:
      'An action that does not fit the state of the rollout is refused as `conflict`, a rollback to a generation that is ' +
      'no longer kept as `not-found`. Refused as `conflict`, with the number in `changed`, if more than `maxChanged` ' +
      'devices would change; a server may require that bound for a rollback and a promotion.',
    query: MAX_CHANGED,
    headers: IF_MATCH,
    body: { mediaTypes: [JSON_TYPE], schema: RolloutActionSchema, example: { action: 'pause' } },
    answers: {
      200: {
        description: 'The status after the action',
        schema: ConfigurationStatusSchema,
        example: CONFIGURATION_STATUS_EXAMPLE,
      },
    },
    refuses: ['bad-id', ...BODY_FAULTS, 'not-found', 'conflict', 'precondition-failed'],
    handle: async ({ id, query, body, headers, principal }) => {
      checkId(id);
      const action = parseAction(body);
      // Refuse to act if the resulting status could not be answered.
      mustRun(parts.running.reconciler);
      const options = { precondition: preconditionOf(headers), maxChanged: maxChangedOf(query) };
      const record = await parts.boundedWrites.act(principal, id, action, options);
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

/** Parses the number of a generation in the member of a body. */
export function parseGeneration(name: string, value: Json | undefined): number {
  const path = `/${name}`;
  if (!Number.isSafeInteger(value)) throw new TwinError('malformed', `"${name}" must be an integer`, { path });
  if (Number(value) < 1) throw new TwinError('bad-request', `"${name}" must be at least 1`, { path });
  return Number(value);
}
