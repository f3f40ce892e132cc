import {
  CONFIGURATION_STATUS_EXAMPLE,
  ConfigurationPageSchema,
  ConfigurationSchema,
  ConfigurationStatusSchema,
  ConfigurationViewSchema,
} from '@muster/api';
import { Type } from '@sinclair/typebox';
import type { AppParts } from '../framework/app-parts.js';
import { JSON_TYPE } from '../framework/body.js';
import { etagOf, isKnown, preconditionOf } from '../framework/etag.js';
import { inSlices } from '../framework/in-slices.js';
import { PageCollector, parsePage } from '../framework/paging.js';
import { IF_MATCH, IF_NONE_MATCH_ANY, MAX_CHANGED, maxChangedOf, PAGING } from '../framework/parameter.js';
import { BODY_FAULTS } from '../framework/problem.js';
import { found, written } from '../framework/resource.js';
import type { Route } from '../framework/route.js';
import { configurationAnswer } from '../views/configuration-answer.js';
import { configurationStatus } from '../views/configuration-status.js';
import { rolloutRoute } from './rollout.js';

const EXAMPLE = { targetCondition: "device.tags.region = 'eu'", desiredProperties: { speed: 20 } };

export function configurationRoutes(parts: AppParts): Route[] {
  return [
    listRoute(parts),
    readRoute(parts),
    putRoute(parts),
    removeRoute(parts),
    statusRoute(parts),
    rolloutRoute(parts),
  ];
}

function listRoute({ registry, clock }: AppParts): Route {
  return {
    method: 'GET',
    path: '/configurations',
    tag: 'configurations',
    summary: 'List configurations',
    query: PAGING,
    answers: { 200: { description: 'A page of configurations, in id order', schema: ConfigurationPageSchema } },
    refuses: [],
    handle: async ({ query }) => {
      const { after, limit } = parsePage('configurations', query);
      const collector = new PageCollector('configurations', limit, configurationAnswer);
      for await (const record of inSlices(registry.configurations.all(after), clock)) if (!collector.add(record)) break;
      return { status: 200, body: collector.page };
    },
  };
}

function readRoute({ registry }: AppParts): Route {
  return {
    method: 'GET',
    path: '/configurations/{id}',
    tag: 'configurations',
    summary: 'Read a configuration',
    headers: { 'If-None-Match': { description: 'Answer 304 if the ETag is one of these', schema: Type.String() } },
    answers: {
      200: { description: 'The configuration', schema: ConfigurationViewSchema, headers: ['ETag'] },
      304: { description: 'The client has this revision', headers: ['ETag'] },
    },
    refuses: ['bad-id', 'not-found'],
    handle: async ({ id, headers }) => {
      const record = await registry.configurations.mustRead(id);
      if (isKnown(headers['if-none-match'], record)) return { status: 304, headers: { etag: etagOf(record) } };
      return found(record, configurationAnswer(record));
    },
  };
}

function putRoute({ boundedWrites }: AppParts): Route {
  return {
    method: 'PUT',
    path: '/configurations/{id}',
    tag: 'configurations',
    summary: 'Store a configuration',
    description:
      'A change of condition, properties, priority, enforce or rollout makes a new generation. Refused ' +
      'as `conflict`, with the number in `changed`, if more than `maxChanged` devices would change; a server may require ' +
      'that bound.',
    query: MAX_CHANGED,
    headers: { ...IF_MATCH, ...IF_NONE_MATCH_ANY },
    body: { mediaTypes: [JSON_TYPE], schema: ConfigurationSchema, example: EXAMPLE },
    answers: {
      200: { description: 'Replaced', schema: ConfigurationViewSchema, headers: ['ETag'] },
      201: { description: 'Created', schema: ConfigurationViewSchema, headers: ['ETag', 'Location'] },
    },
    refuses: ['bad-id', 'bad-condition', ...BODY_FAULTS, 'conflict', 'precondition-failed'],
    handle: async ({ id, query, body, headers, principal }) => {
      const options = { precondition: preconditionOf(headers), maxChanged: maxChangedOf(query) };
      const { record, isNew } = await boundedWrites.put(principal, id, body, options);
      return written('configurations', { record, isNew }, configurationAnswer(record));
    },
  };
}

function removeRoute({ boundedWrites }: AppParts): Route {
  return {
    method: 'DELETE',
    path: '/configurations/{id}',
    tag: 'configurations',
    summary: 'Delete a configuration',
    description:
      'Its properties fall to the next rank, or are withdrawn. Refused as `conflict`, with the number in `changed`, if ' +
      'more than `maxChanged` devices would change; a server may require that bound.',
    query: MAX_CHANGED,
    headers: IF_MATCH,
    answers: { 204: { description: 'Deleted' } },
    refuses: ['bad-id', 'not-found', 'conflict', 'precondition-failed'],
    handle: async ({ id, query, headers, principal }) => {
      await boundedWrites.remove(principal, id, {
        precondition: preconditionOf(headers),
        maxChanged: maxChangedOf(query),
      });
      return { status: 204 };
    },
  };
}

function statusRoute(parts: AppParts): Route {
  return {
    method: 'GET',
    path: '/configurations/{id}/status',
    tag: 'configurations',
    summary: 'Read the status of a configuration',
    description: 'Counts for the current generation; `rollout` is present if the configuration has or had one.',
    answers: {
      200: { description: 'The status', schema: ConfigurationStatusSchema, example: CONFIGURATION_STATUS_EXAMPLE },
    },
    refuses: ['bad-id', 'not-found'],
    handle: async ({ id }) => {
      const record = await parts.registry.configurations.mustRead(id);
      return { status: 200, body: await configurationStatus(parts, record) };
    },
  };
}
