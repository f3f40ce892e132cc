import type { JsonObject } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { AppParts } from '../framework/app-parts.js';
import type { Route } from '../framework/route.js';
import { describeApi } from '../openapi/describe-api.js';
import { changesRoute } from './changes.js';
import { configurationRoutes } from './configurations.js';
import { deviceRoutes } from './devices.js';
import type { Feed } from './feed.js';
import { healthRoutes } from './health.js';
import { importRoute } from './import.js';
import type { HttpMetrics } from './metrics.js';
import { previewRoute } from './preview.js';

/** All routes of the API, and the document that describes them. */
export function allRoutes(
  parts: AppParts,
  feeds: Set<Feed>,
  metrics: HttpMetrics,
): { readonly routes: readonly Route[]; readonly document: JsonObject } {
  const documentRoute: Route = {
    method: 'GET',
    path: '/openapi.json',
    tag: 'operations',
    summary: 'This API as an OpenAPI 3.1 document',
    isPublic: true,
    answers: {
      200: {
        description: 'The document',
        schema: Type.Object({ openapi: Type.String() }, { additionalProperties: true }),
      },
    },
    refuses: [],
    handle: async () => ({ status: 200, body: document }),
  };
  const routes = [
    ...deviceRoutes(parts),
    importRoute(parts),
    ...configurationRoutes(parts),
    previewRoute(parts),
    changesRoute(parts, feeds),
    ...healthRoutes(parts),
    metrics.route(),
    documentRoute,
  ];
  const document = describeApi(routes);
  return { routes, document };
}
