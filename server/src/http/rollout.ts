import type { RolloutAction } from '@muster/registry';
import { checkId, type JsonObject, TwinError } from '@muster/twin';
import type { AppParts } from './app-parts.js';
import { JSON_TYPE } from './body.js';
import { configurationStatus } from './configuration-status.js';
import { preconditionOf } from './etag.js';
import { IF_MATCH } from './parameter.js';
import { BODY_FAULTS } from './problem.js';
import type { Route } from './route.js';
import { mustRun } from './running.js';
import { ref, STATUS_EXAMPLE } from './schema.js';

const KINDS = ['pause', 'resume', 'abort', 'rollback', 'promote'] as const;

export function rolloutRoute(parts: AppParts): Route {
  return {
    method: 'POST',
    path: '/configurations/{id}/rollout',
    tag: 'configurations',
    summary: 'Steer a rollout',
    description:
      'An action that does not fit the state of the rollout is refused as `conflict`, a rollback to a generation that is ' +
      'not kept any more as `not-found`.',
    headers: IF_MATCH,
    body: { mediaTypes: [JSON_TYPE], schema: ref('RolloutAction'), example: { action: 'pause' } },
    answers: {
      200: { description: 'The status after it', schema: ref('ConfigurationStatus'), example: STATUS_EXAMPLE },
    },
    refuses: ['bad-id', ...BODY_FAULTS, 'not-found', 'conflict', 'precondition-failed'],
    handle: async ({ id, body, headers }) => {
      checkId(id);
      const action = parseAction(body);
      // Nothing is done whose outcome could not be told.
      mustRun(parts.running.reconciler);
      const record = await parts.registry.actOnRollout(id, action, undefined, preconditionOf(headers));
      return { status: 200, body: await configurationStatus(parts, record) };
    },
  };
}

function parseAction({ action, generation, ...others }: JsonObject): RolloutAction {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TwinError('bad-request', `there is no "${unknown}" in an action`);
  if (typeof action !== 'string') throw new TwinError('malformed', '"action" is a text', { path: '/action' });
  const kind = KINDS.find((one) => one === action);
  if (kind === undefined) {
    throw new TwinError('bad-request', `"action" is one of ${KINDS.join(', ')}`, { path: '/action' });
  }
  if (generation === undefined) return { kind };
  if (kind !== 'rollback') throw refusedGeneration('bad-request', `belongs to a rollback, not to ${kind}`);
  if (!Number.isSafeInteger(generation)) throw refusedGeneration('malformed', 'is a whole number');
  if (Number(generation) < 1) throw refusedGeneration('bad-request', 'is 1 or more');
  return { kind, generation: Number(generation) };
}

function refusedGeneration(code: 'bad-request' | 'malformed', text: string): TwinError {
  return new TwinError(code, `"generation" ${text}`, { path: '/generation' });
}
