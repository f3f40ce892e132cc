import type { Precondition } from '@muster/registry';
import { TwinError } from '@muster/twin';

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** A strong validator (RFC 9110, 8.8.3). */
export function etagOf({ revision }: { readonly revision: number }): string {
  return `"${revision}"`;
}

/** What If-Match and If-None-Match demand of a write. */
export function preconditionOf(headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): Precondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === '*' && match === undefined) return { kind: 'absent' };
    throw new TwinError('bad-request', 'a write takes If-None-Match: * alone, and no other If-None-Match');
  }
  if (match === undefined) return { kind: 'none' };
  if (match.trim() === '*') return { kind: 'exists' };
  return { kind: 'match', revisions: parseTags('If-Match', match).flatMap(revisionOf) };
}

/** Whether who reads has this revision already. Here a weak tag is as good as a strong one. */
export function isKnown(header: string | undefined, resource: { readonly revision: number }): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return parseTags('If-None-Match', header).some(({ opaque }) => `"${opaque}"` === etagOf(resource));
}

interface Tag {
  readonly isWeak: boolean;
  readonly opaque: string;
}

/** Our tags have no commas in them, so a tag that is cut in two is none of ours, and no tag at all. */
function parseTags(name: string, header: string): Tag[] {
  return header.split(',').map((text) => {
    const [whole, weak, opaque = ''] = TAG.exec(text.trim()) ?? [];
    if (whole !== undefined) return { isWeak: weak !== undefined, opaque };
    throw new TwinError('bad-request', `${name} is a list of quoted tags such as "7", or *`);
  });
}

/** A tag that was never given out, or a weak one, matches nothing. */
function revisionOf({ isWeak, opaque }: Tag): number[] {
  return !isWeak && /^[1-9]\d{0,15}$/.test(opaque) ? [Number(opaque)] : [];
}
