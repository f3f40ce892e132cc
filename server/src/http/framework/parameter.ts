import { LIMITS, TwinError } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { QueryValues } from './query-string.js';

/** Parameters of several routes. */

export const PAGING = {
  limit: {
    description: 'Items per page',
    schema: Type.Integer({ minimum: 1, maximum: LIMITS.pageItemsMax, default: LIMITS.pageItemsDefault }),
  },
  cursor: { description: 'From the previous page', schema: Type.String() },
};

export const IF_MATCH = {
  'If-Match': { description: 'Write only if the ETag is one of these', schema: Type.String() },
};

export const IF_NONE_MATCH_ANY = {
  'If-None-Match': { description: '`*`: write only if it does not exist yet', schema: Type.Literal('*') },
};

export const MAX_CHANGED = {
  maxChanged: {
    description: 'Write only if at most this many devices get a different desired document',
    schema: Type.Integer({ minimum: 0 }),
  },
};

export function maxChangedOf({ maxChanged }: QueryValues): number | undefined {
  if (maxChanged === undefined) return undefined;
  if (/^\d{1,15}$/.test(maxChanged)) return Number(maxChanged);
  throw new TwinError('bad-request', '"maxChanged" must be a number of devices: an integer from 0');
}
