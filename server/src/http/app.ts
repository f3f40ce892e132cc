import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import type { Socket } from 'node:net';
import { fastifySwagger, type StaticDocumentSpec } from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { problemOf } from '@muster/api';
import type { Principal } from '@muster/registry';
import { TwinError } from '@muster/twin';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { AppParts } from './framework/app-parts.js';
import { authorize } from './framework/authorize.js';
import { checkMediaType, readObject } from './framework/body.js';
import { bugProblem, expectedFailure, PROBLEM_TYPE } from './framework/problem.js';
import { readQuery } from './framework/query-string.js';
import type { Answer, Route } from './framework/route.js';
import type { Feed } from './routes/feed.js';
import { HttpMetrics } from './routes/metrics.js';
import { allRoutes } from './routes/routes.js';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

/** Much longer than an id, so that a long id is refused as an id and not as a path. */
const PATH_PARAMETER_LENGTH_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 32 * 1024;
const HEADERS_TIMEOUT_MS = 20_000;
/** Time without traffic in either direction; the heartbeat of feeds is much shorter. */
const IDLE_CONNECTION_TIMEOUT_MS = 120_000;

/** Builds the HTTP API: `inject` is for tests, `listen` for production; `close` also ends its feeds. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const [feeds, metrics] = [new Set<Feed>(), new HttpMetrics(parts)];
  const { routes, document } = allRoutes(parts, feeds, metrics);
  const app = fastify({
    connectionTimeout: IDLE_CONNECTION_TIMEOUT_MS,
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    clientErrorHandler: (_error, socket) => refuseGarbage(socket),
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    frameworkErrors: (error, request, reply) => refuse(parts, error, request as FastifyRequest, reply as FastifyReply),
  });
  takeEveryBody(app);
  app.setErrorHandler((error, request, reply) => refuse(parts, error, request, reply));
  app.setNotFoundHandler((request) => notFound(request));
  app.addHook('onResponse', async (request, reply) => metrics.observe(request, reply));
  app.addHook('preClose', async () => {
    for (const feed of feeds) feed.stop();
  });
  await app.register(fastifySwagger, {
    mode: 'static',
    specification: { document } as unknown as StaticDocumentSpec,
  });
  app.decorateRequest('principal', undefined);
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true });
  serve(
    app,
    routes.filter(({ isPublic }) => isPublic),
  );
  await app.register(
    async (api) =>
      serveApi(
        api,
        parts,
        routes.filter(({ isPublic }) => !isPublic),
      ),
    { prefix: '/v1' },
  );
  return app;
}

/** The token is checked per route, not by the text of the path, which may be percent-encoded in many ways. */
function serveApi(api: FastifyInstance, parts: AppParts, routes: readonly Route[]): void {
  api.addHook('onRequest', async (request) => {
    request.principal = authorize(request.headers.authorization, parts.isToken);
    if (!parts.health.isReady) throw new TwinError('unavailable', 'the server is not ready: retry in a moment');
  });
  api.setNotFoundHandler((request) => notFound(request));
  serve(api, routes);
}

function serve(app: FastifyInstance, routes: readonly Route[]): void {
  for (const route of routes) {
    app.route({
      method: route.method,
      url: pattern(route.path),
      exposeHeadRoute: !route.isEndless,
      onRequest: async ({ raw }) => (route.body ? checkMediaType(raw, route.body.mediaTypes) : undefined),
      handler: async (request, reply) => send(reply, await answer(route, request, reply)),
    });
  }
  for (const path of new Set(routes.map(({ path }) => path))) {
    refuseOtherMethods(
      app,
      path,
      routes.filter((route) => route.path === path),
    );
  }
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
  const { id = '' } = request.params as { readonly id?: string };
  const query = readQuery(request.raw.url ?? '', Object.keys(route.query ?? {}));
  const body = route.body && !route.body.isStream ? await readObject(request.raw) : {};
  const { headers, raw } = request;
  const call = { id, query, headers, body, request: raw, response: reply.raw };
  return route.handle({
    ...call,
    get principal() {
      return principalOf(request);
    },
  });
}

/** The hook that checks the token of a request keeps its holder here. */
function principalOf({ principal }: FastifyRequest): Principal {
  if (principal) return principal;
  throw new Error('a public route has no principal');
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ('speak' in answer) {
    reply.hijack();
    answer.speak(reply.raw);
    return reply;
  }
  reply.code(answer.status).header('cache-control', 'no-store');
  if ('stream' in answer) return reply.type(answer.mediaType).send(answer.stream);
  reply.headers(answer.headers ?? {});
  if (answer.body === undefined) return reply.send();
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  return reply.type(answer.mediaType ?? 'application/json; charset=utf-8').send(text);
}

/** Turns an error into a response; the only place that does. */
function refuse({ log }: AppParts, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const expected = expectedFailure(error);
  const route = request.routeOptions?.url;
  if (!expected) {
    log('error', 'internal error', {
      errorId: request.id,
      method: request.method,
      route,
      error,
    });
  } else if (expected.code === 'unavailable' && expected.cause) {
    log('error', 'a request failed: unavailable', { method: request.method, route, error: expected.cause });
  }
  if (expected?.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="muster"');
  if (expected?.code === 'unavailable') reply.header('retry-after', '1');
  const problem = expected ? problemOf(expected) : bugProblem(request.id);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

/** Bytes that are not HTTP, or have too long a header, never become a request. */
function refuseGarbage(socket: Socket): void {
  if (!socket.writable) return;
  const error = new TwinError('bad-request', 'not an HTTP request, or its header is too long or too slow');
  const problem = JSON.stringify(problemOf(error));
  const headers = `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(problem)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers}\r\n\r\n${problem}`);
}

/** Fastify itself has no 405. */
function refuseOtherMethods(app: FastifyInstance, path: string, routes: readonly Route[]): void {
  const allowed = routes.flatMap(({ method, isEndless }) =>
    method === 'GET' && !isEndless ? ['GET', 'HEAD'] : [method],
  );
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url: pattern(path),
    onRequest: async ({ method }, reply) => {
      reply.header('allow', allowed.join(', '));
      throw new TwinError('method-not-allowed', `${method} is not allowed here; allowed: ${allowed.join(', ')}`);
    },
    handler: async () => undefined,
  });
}

function notFound(request: FastifyRequest): never {
  throw new TwinError('not-found', `there is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 256)}`);
}

/** Handlers read bodies themselves, with the server's own limits and error texts. */
function takeEveryBody(app: FastifyInstance): void {
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method) && method !== 'CONNECT') app.addHttpMethod(method, { hasBody: true });
  }
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

/** Translates `/devices/{id}` to the router's pattern; a literal colon is doubled. */
function pattern(path: string): string {
  return path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1');
}
