import { LIMITS } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import { DocumentSchema } from './member.js';
import type { Shape } from './shape.js';

const SecretSchema = Type.Object(
  {
    type: Type.Literal('secret'),
    secret: Type.String({ minLength: LIMITS.secretLengthMin, maxLength: LIMITS.secretLengthMax }),
  },
  { additionalProperties: false, description: 'A secret of your own, instead of a generated one' },
);

/** The body of `PUT /devices/{id}`. */
export const RegistrationSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: 'Defaults to the id' })),
    tags: Type.Optional(DocumentSchema),
    desired: Type.Optional(DocumentSchema),
    enabled: Type.Optional(Type.Boolean({ default: true, description: 'false: the device may not connect' })),
    auth: Type.Optional(SecretSchema),
  },
  { $id: 'Registration', additionalProperties: false, title: 'Registration' },
);

export type Registration = Shape<typeof RegistrationSchema>;

/** The body of `PATCH /devices/{id}`. */
export const RegistrationPatchSchema = Type.Object(
  {
    name: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Null()])),
    tags: Type.Optional(Type.Union([DocumentSchema, Type.Null()])),
    desired: Type.Optional(Type.Union([DocumentSchema, Type.Null()])),
    enabled: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  {
    $id: 'RegistrationPatch',
    additionalProperties: false,
    title: 'RegistrationPatch',
    description: 'A JSON merge patch (RFC 7396)',
  },
);

export type RegistrationPatch = Shape<typeof RegistrationPatchSchema>;
