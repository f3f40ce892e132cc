import type { Admission, ConfigurationAssignment, DeviceStanding } from '@muster/registry';
import { expect, test } from 'vitest';
import { admissionOf, standingOf } from '../../testing/index.js';
import { admissionResult } from './admission-result.js';

test.each<{
  what: string;
  admission?: Partial<Admission>;
  standing?: Partial<ConfigurationAssignment> | 'none';
  result: DeviceStanding;
}>([
  { what: 'not written yet', standing: 'none', result: 'pending' },
  { what: 'not answered', result: 'pending' },
  { what: 'applied', standing: { applied: true }, result: 'applied' },
  { what: 'overridden', standing: { overridden: true }, result: 'overridden' },
  { what: 'between attempts', admission: { state: 'resting' }, standing: 'none', result: 'pending' },
  { what: 'fell back', admission: { state: 'failed' }, standing: 'none', result: 'failed' },
  { what: 'failed and kept it', admission: { state: 'failed' }, result: 'failed' },
  {
    what: 'failed, kept it and applied it',
    admission: { state: 'failed' },
    standing: { applied: true },
    result: 'applied',
  },
  {
    what: 'failed and overridden since',
    admission: { state: 'failed' },
    standing: { overridden: true },
    result: 'overridden',
  },
  { what: 'applied before, and given again', admission: { state: 'applied' }, result: 'pending' },
  {
    what: 'applied before, not written again yet',
    admission: { state: 'applied' },
    standing: 'none',
    result: 'applied',
  },
])('$what counts as $result', ({ admission, standing = {}, result }) => {
  const stands = standing === 'none' ? undefined : standingOf(standing);
  expect(admissionResult(admissionOf(admission), stands)).toBe(result);
});
