import { TwinError } from '@muster/twin';

/** A condition on the resource that a request writes (RFC 9110, If-Match and If-None-Match: *). */
export type Precondition =
  | { readonly kind: 'none' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'match'; readonly revisions: readonly number[] };

export const NO_PRECONDITION: Precondition = { kind: 'none' };

/** Throws `precondition-failed` unless the precondition holds. `revision` is undefined for an absent resource. */
export function checkPrecondition(precondition: Precondition, revision: number | undefined): void {
  if (isMet(precondition, revision)) return;
  throw new TwinError('precondition-failed', complaint(precondition, revision));
}

function complaint({ kind }: Precondition, revision: number | undefined): string {
  if (kind === 'absent') return 'the resource exists already';
  return revision === undefined ? 'the resource does not exist' : 'the resource was changed meanwhile: read it again';
}

function isMet(precondition: Precondition, revision: number | undefined): boolean {
  switch (precondition.kind) {
    case 'none':
      return true;
    case 'exists':
      return revision !== undefined;
    case 'absent':
      return revision === undefined;
    case 'match':
      return revision !== undefined && precondition.revisions.includes(revision);
  }
}
