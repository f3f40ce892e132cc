import type { Precondition } from '@muster/registry';
import { TwinError } from '@muster/twin';

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** A strong validator (RFC 9110, 8.8.3). */
export function etagOf({ revision }: { readonly revision: number }): string {
  return `"${revision}"`;
}

/** The precondition that If-Match and If-None-Match set for a write. */
export function preconditionOf(headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): Precondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*' && match === undefined) return { kind: 'absent' };
    throw new TwinError('bad-request', 'a write accepts only If-None-Match: *, and not together with If-Match');
  }
  if (match === undefined) return { kind: 'none' };
  if (match.trim() === '*') return { kind: 'exists' };
  return { kind: 'match', revisions: parseTags('If-Match', match).flatMap(revisionOf) };
}

/** Reports whether the client has this revision already. Weak tags count for reads. */
export function isKnown(header: string | undefined, resource: { readonly revision: number }): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return parseTags('If-None-Match', header).some(({ opaque }) => `"${opaque}"` === etagOf(resource));
}

interface Tag {
  readonly isWeak: boolean;
  readonly opaque: string;
}

/** Tags of this server have no commas, so splitting at commas only breaks foreign tags. */
function parseTags(name: string, header: string): Tag[] {
  return header.split(',').map((text) => {
    const [whole, weak, opaque = ''] = TAG.exec(text.trim()) ?? [];
    if (whole !== undefined) return { isWeak: weak !== undefined, opaque };
    throw new TwinError('bad-request', `${name} is a list of quoted tags such as "7", or *`);
  });
}

/** A weak tag, or one that this server never issued, matches nothing. */
function revisionOf({ isWeak, opaque }: Tag): number[] {
  return !isWeak && /^[1-9]\d{0,15}$/.test(opaque) ? [Number(opaque)] : [];
}
