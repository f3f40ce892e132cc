import {
  DevicePageSchema,
  DeviceSchema,
  ExplainSchema,
  RegistrationPatchSchema,
  RegistrationSchema,
  SelectedDevicePageSchema,
} from '@muster/api';
import { parseCondition } from '@muster/conditions';
import { DeviceWalk } from '@muster/reconciler';
import type { DeviceRecord } from '@muster/registry';
import { Type } from '@sinclair/typebox';
import type { AppParts } from '../framework/app-parts.js';
import { JSON_TYPE, MERGE_PATCH_TYPE } from '../framework/body.js';
import { preconditionOf } from '../framework/etag.js';
import { mustRun } from '../framework/must-run.js';
import { PageCollector, parsePage } from '../framework/paging.js';
import { IF_MATCH, IF_NONE_MATCH_ANY, PAGING } from '../framework/parameter.js';
import { BODY_FAULTS } from '../framework/problem.js';
import { found, written } from '../framework/resource.js';
import type { Route } from '../framework/route.js';
import { applySelect, parseSelect } from '../views/select.js';
import { subjectOf } from '../views/subject.js';
import { twinView } from '../views/twin-view.js';

export function deviceRoutes(parts: AppParts): Route[] {
  return [
    listRoute(parts),
    readRoute(parts),
    putRoute(parts),
    patchRoute(parts),
    removeRoute(parts),
    explainRoute(parts),
  ];
}

function listRoute(parts: AppParts): Route {
  const { registry, clock, running } = parts;
  return {
    method: 'GET',
    path: '/devices',
    tag: 'devices',
    summary: 'List or query devices',
    description: 'In id order. A page with a cursor is full.',
    query: {
      where: { description: 'A condition; only devices for which it is TRUE are listed', schema: Type.String() },
      explain: {
        description: 'Also return, in `plan`, how an index finds the devices of `where`',
        schema: Type.Union([Type.Literal('true'), Type.Literal('false')]),
      },
      select: { description: "Paths to keep in the items: id,tags.region,tags['a b']", schema: Type.String() },
      ...PAGING,
    },
    answers: {
      200: { description: 'A page of devices', schema: Type.Union([DevicePageSchema, SelectedDevicePageSchema]) },
    },
    refuses: ['bad-condition'],
    handle: async ({ query, request }) => {
      const { after, limit } = parsePage('devices', query);
      const condition = query.where === undefined ? undefined : parseCondition(query.where, 'query');
      const selection = query.select === undefined ? undefined : parseSelect(query.select);
      const view = (record: DeviceRecord) => {
        if (condition && condition.test(subjectOf(record)) !== true) return undefined;
        const twin = twinView(parts, record);
        return selection ? applySelect(twin, selection) : twin;
      };
      const reconciler = mustRun(running.reconciler);
      const collector = new PageCollector('devices', limit, view);
      const visit = (record: DeviceRecord) => !request.destroyed && collector.add(record);
      const walk = new DeviceWalk({ registry, clock });
      await (condition ? walk.found(await reconciler.find(condition), visit, after) : walk.all(visit, after));
      const { page } = collector;
      const isExplained = condition !== undefined && query.explain === 'true';
      return { status: 200, body: isExplained ? { ...page, plan: reconciler.plan(condition) } : page };
    },
  };
}

function readRoute(parts: AppParts): Route {
  const { registry } = parts;
  return {
    method: 'GET',
    path: '/devices/{id}',
    tag: 'devices',
    summary: 'Read a device and its twin',
    description:
      'The ETag covers the members that operators write (name, tags, own layer, credentials), not the members that the ' +
      'fleet changes. It guards writes; a read is never answered with 304.',
    answers: { 200: { description: 'The twin', schema: DeviceSchema, headers: ['ETag'] } },
    refuses: ['bad-id', 'not-found'],
    handle: async ({ id }) => {
      const record = await registry.devices.mustRead(id);
      return found(record, twinView(parts, record));
    },
  };
}

function putRoute(parts: AppParts): Route {
  const { registry } = parts;
  return {
    method: 'PUT',
    path: '/devices/{id}',
    tag: 'devices',
    summary: 'Register a device or replace its registration',
    description: 'Absent members return to their defaults, except `auth`, which is kept.',
    headers: { ...IF_MATCH, ...IF_NONE_MATCH_ANY },
    body: { mediaTypes: [JSON_TYPE], schema: RegistrationSchema, example: { tags: { region: 'eu' } } },
    answers: {
      200: { description: 'Replaced', schema: DeviceSchema, headers: ['ETag'] },
      201: {
        description: 'Registered; `secret` is shown in this answer only',
        schema: DeviceSchema,
        headers: ['ETag', 'Location'],
      },
    },
    refuses: ['bad-id', ...BODY_FAULTS, 'precondition-failed'],
    handle: async ({ id, body, headers, principal }) => {
      const { record, isNew, secret } = await registry.devices.register(principal, id, body, preconditionOf(headers));
      const view = { ...twinView(parts, record), ...(secret === undefined ? {} : { secret }) };
      return written('devices', { record, isNew }, view);
    },
  };
}

function patchRoute(parts: AppParts): Route {
  const { registry } = parts;
  return {
    method: 'PATCH',
    path: '/devices/{id}',
    tag: 'devices',
    summary: 'Patch name, tags, enabled or the own layer',
    description: '`null` removes; a mask in the own layer is written with PUT.',
    headers: IF_MATCH,
    body: {
      mediaTypes: [MERGE_PATCH_TYPE, JSON_TYPE],
      schema: RegistrationPatchSchema,
      example: { desired: { speed: 20 } },
    },
    answers: { 200: { description: 'The twin', schema: DeviceSchema, headers: ['ETag'] } },
    refuses: ['bad-id', 'not-found', ...BODY_FAULTS, 'precondition-failed'],
    handle: async ({ id, body, headers, principal }) => {
      const record = await registry.devices.patch(principal, id, body, preconditionOf(headers));
      return found(record, twinView(parts, record));
    },
  };
}

function removeRoute({ registry }: AppParts): Route {
  return {
    method: 'DELETE',
    path: '/devices/{id}',
    tag: 'devices',
    summary: 'Delete a device',
    description: 'The device is disconnected. Version numbers continue if it is registered again.',
    headers: IF_MATCH,
    answers: { 204: { description: 'Deleted' } },
    refuses: ['bad-id', 'not-found', 'precondition-failed'],
    handle: async ({ id, headers, principal }) => {
      await registry.devices.remove(principal, id, preconditionOf(headers));
      return { status: 204 };
    },
  };
}

function explainRoute({ registry, running }: AppParts): Route {
  return {
    method: 'GET',
    path: '/devices/{id}/explain',
    tag: 'devices',
    summary: 'Why the desired document is what it is',
    answers: {
      200: {
        description: 'The winning and beaten layers of every path, and why each configuration applies or not',
        schema: ExplainSchema,
      },
    },
    refuses: ['bad-id', 'not-found'],
    handle: async ({ id }) => {
      await registry.devices.mustRead(id);
      return { status: 200, body: await mustRun(running.reconciler).explain(id) };
    },
  };
}
