import { Type } from '@sinclair/typebox';
import { recordSchema, wordSchema } from './member.js';

/** The answer of `/livez`. */
export const LivenessSchema = Type.Object({ status: Type.Literal('live') }, { $id: 'Liveness' });

/** The answer of `/readyz` if every part is ready. */
export const ReadinessSchema = Type.Object(
  {
    status: Type.Literal('ready'),
    parts: recordSchema(wordSchema(['starting', 'ready', 'stopping'])),
  },
  { $id: 'Readiness' },
);
