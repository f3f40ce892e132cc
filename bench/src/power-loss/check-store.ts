import { isDeepStrictEqual } from 'node:util';
import type { Change, Entries, EntryKind, NewChange } from '@muster/registry';
import type { Promised } from './mark.js';
import { type PlannedWrite, timeOf } from './plan-load.js';

/** The visible content of a store. */
export interface StoreContent {
  readonly entries: readonly { readonly kind: EntryKind; readonly entry: Entries[EntryKind] }[];
  readonly log: readonly Change[];
  readonly oldest: number;
  readonly head: number;
}

/** `count`: the store holds the result of the first `count` planned writes. */
export type Verdict = { readonly count: number } | { readonly faults: readonly string[] };

/**
 * Checks a store after a crash. Its entries and its log must be the result of the first N planned writes, for some N.
 * That includes every acknowledged write, and no write that was not sent.
 */
export function checkStore(content: StoreContent, writes: readonly PlannedWrite[], promised: Promised): Verdict {
  const { sent, acknowledged } = promised;
  const whole = candidatesOf(content.head, writes);
  const allowed = whole.filter((count) => count >= acknowledged && count <= sent);
  if (allowed.length === 0) {
    const found = `the log ends with change ${content.head}, which is that of ${whole.join(' or ') || 'no whole number of'} writes`;
    return { faults: [`${found}; ${acknowledged} were acknowledged, ${sent} were sent`] };
  }
  const judged = allowed.map((count) => ({ count, faults: faultsOf(content, writes.slice(0, count), promised) }));
  const best = judged.toSorted((left, right) => left.faults.length - right.faults.length)[0];
  return best?.faults.length === 0 ? { count: best.count } : { faults: best?.faults ?? [] };
}

function faultsOf(content: StoreContent, writes: readonly PlannedWrite[], promised: Promised): string[] {
  return [...faultsOfEntries(content.entries, writes), ...faultsOfLog(content, writes, promised)];
}

/** Returns the possible numbers of writes for this end of the log: some writes have no changes. */
function candidatesOf(head: number, writes: readonly PlannedWrite[]): number[] {
  const counts: number[] = [];
  let changes = 0;
  for (let count = 0; count <= writes.length && changes <= head; count += 1) {
    if (changes === head) counts.push(count);
    changes += writes[count]?.changes().length ?? 0;
  }
  return counts;
}

function faultsOfEntries(found: StoreContent['entries'], writes: readonly PlannedWrite[]): string[] {
  const expected = new Map(writes.map(({ kind, id, entry }) => [`${kind} ${id}`, entry]));
  const stored = new Map(found.map(({ kind, entry }) => [`${kind} ${entry.id}`, entry]));
  const names = new Set([...expected.keys(), ...stored.keys()]);
  return [...names].flatMap((name) => {
    const [left, right] = [expected.get(name), stored.get(name)];
    if (isDeepStrictEqual(plain(left), plain(right))) return [];
    return [
      `${name} must be of revision ${left?.revision ?? 'none'}, and is ${right?.revision ?? 'none'} or another text`,
    ];
  });
}

function faultsOfLog({ log, oldest }: StoreContent, writes: readonly PlannedWrite[], promised: Promised): string[] {
  const expected: NewChange[] = writes.flatMap(({ changes }) => changes());
  const kept = expected.slice(oldest - 1).map((change, index) => ({ ...change, sequence: oldest + index }));
  const newestGone = expected[oldest - 2];
  return [
    isDeepStrictEqual(plain(log), plain(kept)) ? '' : `the log from ${oldest} on is not what was written`,
    oldest < promised.oldest ? `the log was trimmed to ${promised.oldest}, and begins with ${oldest}` : '',
    newestGone && timeOf(newestGone) >= promised.trimOlderThan
      ? `change ${oldest - 1} is gone, and never was trimmed`
      : '',
  ].filter((fault) => fault !== '');
}

/** Returns a copy without undefined members. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
