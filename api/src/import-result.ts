import type { TwinErrorCode } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { Shape } from './shape.js';

/** One line of the answer to an import. */
export const ImportResultSchema = Type.Union(
  [
    Type.Object({
      id: Type.String(),
      status: Type.Union([Type.Literal(200), Type.Literal(201)]),
      secret: Type.Optional(Type.String()),
    }),
    Type.Object({
      id: Type.Optional(Type.String()),
      status: Type.Literal(400),
      code: Type.Unsafe<TwinErrorCode>(Type.String()),
      detail: Type.String(),
    }),
  ],
  { $id: 'ImportResult', title: 'The result of one line: registered (201), replaced (200) or refused (400)' },
);

export type ImportResult = Shape<typeof ImportResultSchema>;
