import { PROBLEMS, type TwinError, type TwinErrorCode } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { Shape } from './shape.js';

/** RFC 9457. `position`, `length` and `hint` come with `bad-condition`. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Unsafe<TwinErrorCode>(Type.String({ description: 'Stable; meant for programs' })),
    detail: Type.String({ description: 'What is wrong and what to do' }),
    position: Type.Optional(Type.Integer({ description: 'Of a bad condition, in UTF-16 units from 0' })),
    length: Type.Optional(Type.Integer()),
    hint: Type.Optional(Type.String()),
    changed: Type.Optional(Type.Integer({ description: 'Devices that a refused write would change' })),
    path: Type.Optional(Type.String({ description: 'Place in the body, as a JSON Pointer' })),
  },
  { $id: 'Problem', additionalProperties: true, title: 'RFC 9457 problem details' },
);

export type Problem = Shape<typeof ProblemSchema> & { readonly [extension: string]: unknown };

/**
 * An expected failure as it travels over HTTP (RFC 9457) and on `…/set/rejected`. The details of the error are members
 * too, but never replace a member that every problem has.
 */
export function problemOf({ code, message: detail, details }: TwinError): Problem {
  return { ...details, type: problemUri(code), ...PROBLEMS[code], code, detail };
}

/** Names the kind of a problem, also one outside the closed set, such as `internal`. It cannot be dereferenced. */
export function problemUri(code: string): string {
  return `urn:muster:problem:${code}`;
}
