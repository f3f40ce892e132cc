import { LIMITS, TwinError } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import type { QueryValues } from './query-string.js';

/** Parameters that several routes take. */

export const PAGING = {
  limit: {
    description: 'Items per page',
    schema: Type.Integer({ minimum: 1, maximum: LIMITS.pageItemsMax, default: LIMITS.pageItemsDefault }),
  },
  cursor: { description: 'From the page before', schema: Type.String() },
};

export const IF_MATCH = {
  'If-Match': { description: 'Write only if the ETag is one of these', schema: Type.String() },
};

export const IF_NONE_MATCH_ANY = {
  'If-None-Match': { description: '`*`: write only if there is none yet', schema: Type.Literal('*') },
};

export const MAX_CHANGED = {
  maxChanged: {
    description: 'Do it only if no more devices than this get another desired document',
    schema: Type.Integer({ minimum: 0 }),
  },
};

export function maxChangedOf({ maxChanged }: QueryValues): number | undefined {
  if (maxChanged === undefined) return undefined;
  if (/^\d{1,15}$/.test(maxChanged)) return Number(maxChanged);
  throw new TwinError('bad-request', '"maxChanged" is a number of devices: a whole number, 0 or more');
}
