import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Json, JsonObject, TwinErrorCode } from '@muster/twin';
import type { TSchema } from '@sinclair/typebox';
import type { QueryValues } from './query-string.js';

/** One row of the API: what is asked and answered, for the server and for the OpenAPI document alike. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** An OpenAPI template below /v1, such as `/devices/{id}`; that of a public route is at the root. */
  readonly path: string;
  readonly tag: 'devices' | 'configurations' | 'changes' | 'operations';
  readonly summary: string;
  readonly description?: string;
  /** No token is asked for. */
  readonly isPublic?: true;
  /** The answer has no end, so nobody can be told how it would be (HEAD). */
  readonly isEndless?: true;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly headers?: Readonly<Record<string, Parameter>>;
  readonly body?: RouteBody;
  readonly answers: Readonly<Record<number, AnswerText>>;
  /** Codes beyond those that every route may answer. */
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
  /** The handler reads the bytes itself, as they come. */
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
  /** The id in the path, percent-decoded and not yet checked; empty where the path has none. */
  readonly id: string;
  readonly query: QueryValues;
  readonly headers: IncomingHttpHeaders;
  /** An empty object where the route takes none. */
  readonly body: JsonObject;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Answer =
  | {
      readonly status: number;
      /** JSON, or a text that is sent as it stands. */
      readonly body?: unknown;
      readonly mediaType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly status: 200; readonly stream: Readable; readonly mediaType: string }
  /** The handler speaks on the response by itself, for as long as it likes. */
  | { readonly status: 200; readonly speak: (response: ServerResponse) => void };
