import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Principal } from '@muster/registry';
import type { Json, JsonObject, TwinErrorCode } from '@muster/twin';
import type { TSchema } from '@sinclair/typebox';
import type { QueryValues } from './query-string.js';

/** One route of the API. The router and the OpenAPI document are made from it. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** An OpenAPI template below /v1, such as `/devices/{id}`; that of a public route is at the root. */
  readonly path: string;
  readonly tag: 'devices' | 'configurations' | 'changes' | 'operations';
  readonly summary: string;
  readonly description?: string;
  /** No token is required. */
  readonly isPublic?: true;
  /** The answer has no end, so that there is no HEAD. */
  readonly isEndless?: true;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly headers?: Readonly<Record<string, Parameter>>;
  readonly body?: RouteBody;
  readonly answers: Readonly<Record<number, AnswerText>>;
  /** Codes in addition to those of every route. */
  readonly refuses: readonly TwinErrorCode[];
  readonly handle: (call: Call) => Promise<Answer>;
}

export interface Parameter {
  readonly description: string;
  readonly schema: TSchema;
}

export interface RouteBody {
  readonly mediaTypes: readonly string[];
  readonly schema: TSchema;
  /** The handler reads the bytes itself, as they arrive. */
  readonly isStream?: true;
  readonly example?: Json;
}

export interface AnswerText {
  readonly description: string;
  readonly mediaType?: string;
  readonly schema?: TSchema;
  /** Of one line or one event, if the answer is a stream. */
  readonly itemSchema?: TSchema;
  readonly headers?: readonly string[];
  readonly example?: Json;
}

export interface Call {
  /** The id in the path, percent-decoded and not checked yet; empty if the path has none. */
  readonly id: string;
  readonly query: QueryValues;
  readonly headers: IncomingHttpHeaders;
  /** An empty object if the route takes no body. */
  readonly body: JsonObject;
  /** The holder of the token. Throws in a public route. */
  readonly principal: Principal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Answer =
  | {
      readonly status: number;
      /** A text is sent unchanged, any other value as JSON. */
      readonly body?: unknown;
      readonly mediaType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly status: 200; readonly stream: Readable; readonly mediaType: string }
  /** The handler writes the response itself, without an end. */
  | { readonly status: 200; readonly speak: (response: ServerResponse) => void };
