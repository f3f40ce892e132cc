import { LIMITS } from '@muster/twin';
import { Type } from '@sinclair/typebox';

/** Documents that operators send. Validation and OpenAPI use the same schemas. */

const Document = Type.Object({}, { additionalProperties: true });

export const SecretSchema = Type.Object(
  {
    type: Type.Literal('secret'),
    secret: Type.String({ minLength: LIMITS.secretLengthMin, maxLength: LIMITS.secretLengthMax }),
  },
  { additionalProperties: false, description: 'A secret of your own, instead of a generated one' },
);

export const RegistrationSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: 'Defaults to the id' })),
    tags: Type.Optional(Document),
    desired: Type.Optional(Document),
    enabled: Type.Optional(Type.Boolean({ default: true, description: 'false: the device may not connect' })),
    auth: Type.Optional(SecretSchema),
  },
  { additionalProperties: false, title: 'Registration' },
);

export const RegistrationPatchSchema = Type.Object(
  {
    name: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Null()])),
    tags: Type.Optional(Type.Union([Document, Type.Null()])),
    desired: Type.Optional(Type.Union([Document, Type.Null()])),
    enabled: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  { additionalProperties: false, title: 'RegistrationPatch', description: 'A JSON merge patch (RFC 7396)' },
);

export const ConfigurationSchema = Type.Object(
  {
    targetCondition: Type.String({ description: 'Which devices; see the condition language' }),
    desiredProperties: Document,
    priority: Type.Optional(
      Type.Integer({ default: 0, minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    enforce: Type.Optional(Type.Boolean({ default: false, description: "Ranks above the device's own layer" })),
    description: Type.Optional(Type.String()),
    labels: Type.Optional(Type.Object({}, { additionalProperties: Type.String(), maxProperties: LIMITS.labelsMax })),
    rollout: Type.Optional(Document),
  },
  { additionalProperties: false, title: 'Configuration' },
);
