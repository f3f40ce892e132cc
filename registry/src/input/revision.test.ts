import { expect, test } from 'vitest';
import { checkPrecondition, type Precondition } from './revision.js';

test.each<[Precondition, number | undefined, boolean]>([
  [{ kind: 'none' }, undefined, true],
  [{ kind: 'none' }, 1, true],
  [{ kind: 'exists' }, undefined, false],
  [{ kind: 'exists' }, 1, true],
  [{ kind: 'absent' }, undefined, true],
  [{ kind: 'absent' }, 1, false],
  [{ kind: 'match', revisions: [] }, 1, false],
  [{ kind: 'match', revisions: [1] }, undefined, false],
  [{ kind: 'match', revisions: [1] }, 1, true],
  [{ kind: 'match', revisions: [2, 1] }, 1, true],
  [{ kind: 'match', revisions: [2, 3] }, 1, false],
])('%o of revision %s is met: %s', (precondition, revision, isMet) => {
  const check = () => checkPrecondition(precondition, revision);
  if (isMet) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 'precondition-failed' }));
});
