import { assertNever, type Json, valueAt } from '@muster/twin';
import { compareBounds } from '../../language/bound.js';
import type { Subject } from '../../language/condition.js';
import { type Place, projectValue } from '../../language/place.js';
import { typeOf } from '../../language/value-type.js';
import type { AccessKey } from './access-key.js';

/** Reports whether a subject has a key, in the plainest way. The postings look up the same, fast. */
export function hasKey(key: AccessKey, subject: Subject): boolean {
  const value = valueAtPlace(key.place, subject);
  if (key.kind === 'absent') return value === undefined;
  if (value === undefined) return false;
  switch (key.kind) {
    case 'equal':
      return value === key.value;
    case 'unequal':
      return key.value === null ? value !== null : typeof value === typeof key.value && value !== key.value;
    case 'element':
      return Array.isArray(value) && value.includes(key.value);
    case 'prefix':
      return typeof value === 'string' && value.startsWith(key.text);
    case 'suffix':
      return typeof value === 'string' && value.endsWith(key.text);
    case 'gram':
      return typeof value === 'string' && value.includes(key.text);
    case 'range': {
      const type = typeof (key.above ?? key.below)?.value;
      if ((typeof value !== 'string' && typeof value !== 'number') || typeof value !== type) return false;
      const isAbove = !key.above || compareBounds({ value, isAfter: false }, key.above) >= (key.above.isAfter ? 1 : 0);
      return isAbove && (!key.below || compareBounds({ value, isAfter: false }, key.below) < 0);
    }
    case 'present':
      return key.type === 'any' || key.type === typeOf(value);
    default:
      return assertNever(key);
  }
}

function valueAtPlace({ path: [member, ...names], form }: Place, subject: Subject): Json | undefined {
  const held: Json | undefined = subject[member];
  return projectValue(form, held === undefined ? undefined : valueAt(held, names));
}
