import { parseCondition } from '@muster/conditions';
import { Reconciler, rolloutRules } from '@muster/reconciler';
import type { Registry } from '@muster/registry';
import { openRegistry } from '@muster/registry/testing';
import type { Log } from '@muster/twin';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Health } from '../health.js';
import { buildApp } from '../http/app.js';
import type { AppParts } from '../http/framework/app-parts.js';
import { tokenCheck } from '../http/framework/authorize.js';
import { BoundedWrites } from '../policy/bounded-writes.js';
import { SystemClock } from '../system-clock.js';
import { ResponseCheck } from './response-check.js';

export const TOKEN = 'the-token-of-the-tests';

/** A request of a test; `json` is sent as application/json. */
export interface AppRequest {
  readonly body?: string | Buffer;
  readonly json?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

export interface AppResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Undefined if the text is not JSON. */
  readonly body: unknown;
}

interface OpenAppParts extends Partial<AppParts> {
  /** Whether writes that change devices need `maxChanged`. */
  readonly isBoundRequired?: boolean;
}

/** The API on the memory store, with a running reconciler. */
export interface OpenApp {
  readonly app: FastifyInstance;
  readonly registry: Registry;
  readonly health: Health;
  readonly logged: { readonly level: string; readonly message: string; readonly details: unknown }[];
  /** Fails if the OpenAPI document does not describe the answer. */
  ask(method: string, path: string, options?: AppRequest): Promise<AppResponse>;
  readonly responses: ResponseCheck;
  close(): Promise<void>;
}

export async function openApp({ isBoundRequired = false, ...parts }: OpenAppParts = {}): Promise<OpenApp> {
  const clock = new SystemClock();
  const logged: OpenApp['logged'] = [];
  const log: Log = (level, message, details) => logged.push({ level, message, details });
  const checkCondition = (text: string): void => void parseCondition(text, 'target');
  const registry = parts.registry ?? (await openRegistry({ clock, checkCondition, rollouts: rolloutRules }));
  const reconciler = await Reconciler.start({ registry, clock, log });
  const health = new Health();
  health.set('tests', 'ready');
  const running = { reconciler, broker: { connectedCount: 3, counters: { reports: 7 } } };
  const boundedWrites = new BoundedWrites({ registry, reconcilerOf: () => reconciler, isBoundRequired });
  const isToken = tokenCheck(TOKEN);
  const app = await buildApp({ registry, boundedWrites, clock, log, health, isToken, running, ...parts });
  const responses = new ResponseCheck((await app.inject('/openapi.json')).json());
  return {
    app,
    registry,
    health,
    logged,
    responses,
    ask: async (method, path, options) => {
      const told = await ask(app, method, path, options);
      const mediaType = told.headers['content-type'];
      responses.check({
        method,
        path,
        status: told.status,
        mediaType: mediaType as string | undefined,
        text: told.text,
      });
      return told;
    },
    close: async () => {
      await app.close();
      await reconciler.stop();
    },
  };
}

async function ask(
  app: FastifyInstance,
  method: string,
  path: string,
  { body, json, type, headers = {}, token = TOKEN }: AppRequest = {},
): Promise<AppResponse> {
  const mediaType = type ?? (json === undefined ? undefined : 'application/json');
  const payload = json === undefined ? body : JSON.stringify(json);
  const response = await app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url: path,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body, body: parsed(response.body) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
