/** A way of writing that a reader has to translate back, and the plainer way. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

export const PHRASES: readonly Phrase[] = [
  { pattern: /\b(whoever|whomever|whom)\b/i, instead: 'name the subject: the caller, a client, devices that …' },
  {
    pattern: /\b(those|one|ones|everybody|somebody|nobody|anybody) who\b/i,
    instead: 'name the subject: devices that …',
  },
  { pattern: /\b(nobody|everybody|somebody|anybody)\b/i, instead: 'name the subject: no client, every device' },
  { pattern: /(^|[.:;,] )who\b/i, instead: 'name the subject: a device that …' },
  { pattern: /\b(so many|as many as|as much as)\b/i, instead: 'say at most N, N at a time, or the number itself' },
  { pattern: /\bso (long|much|often) (is|may|are|a|an)\b/i, instead: 'say how long, how much or how often as a noun' },
  { pattern: /\bunder way\b/i, instead: 'say in progress or in flight' },
  { pattern: /\banew\b/i, instead: 'say again or from scratch' },
  { pattern: /\b(that|those|this) of (which|whom)\b/i, instead: 'name the thing' },
  { pattern: /\bof which (nobody|nothing|no)\b/i, instead: 'name the thing, and say what it does not have' },
  { pattern: /(^|[.:;] )of (what|which|whom)\b/i, instead: 'begin with the subject' },
  {
    pattern:
      /\bwhat (of|became of|becomes of|was|were|is) (it|them|there|a|an|the)\b.*\b(is|are|was) (there|another)\b/i,
    instead: 'name the thing',
  },
  { pattern: /\bwhat becomes? of\b|\bwhat became of\b/i, instead: 'say outcome, result or state' },
  { pattern: /\b(is|are|becomes?) (another|others)( one)?([.;,:]|$)/i, instead: 'say that it changes or differs' },
  { pattern: /\bfor ever\b/i, instead: 'say forever' },
  { pattern: /\b(lest|wherefore|whence|ere)\b/i, instead: 'say so that … not' },
  {
    pattern: /\b(brings?|brought|bringing) (it|them|devices|a device|everybody|somebody )?along\b/i,
    instead: 'say up to date or reconcile',
  },
  { pattern: /\ball the same\b/i, instead: 'say still or nevertheless' },
  { pattern: /\bbe (it|they|he|she) (a|an|the|so|used|read|or)\b/i, instead: 'say whether … or …' },
  { pattern: /\b(a|one) after the other\b/i, instead: 'say one at a time or in turn' },
  { pattern: /\bas (it|they|he|she) (comes?|is|are|was|were) by (then|now)\b/i, instead: 'say the newest state' },
];
