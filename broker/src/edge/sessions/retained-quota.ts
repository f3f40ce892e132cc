import type { EdgeLimits } from '../edge-limits.js';

export type RetainedLimits = Pick<
  EdgeLimits,
  'retainedMessagesMax' | 'retainedBytesMax' | 'retainedMessagesPerOwnerMax' | 'retainedBytesPerOwnerMax'
>;

export interface RetainedSize {
  readonly messages: number;
  readonly bytes: number;
}

const NOTHING: RetainedSize = { messages: 0, bytes: 0 };

/**
 * Number and size of the retained messages, in total and by owner. The first two levels of a topic name the owner: a
 * device may publish below `devices/{its id}` only, so it fills no other share. Topics are stored, publishers are not,
 * so the shares are the same after a restart.
 */
export class RetainedQuota {
  readonly #max: RetainedSize;
  readonly #ownerMax: RetainedSize;
  readonly #shares = new Map<string, RetainedSize>();
  #total = NOTHING;

  constructor(limits: RetainedLimits) {
    this.#max = { messages: limits.retainedMessagesMax, bytes: limits.retainedBytesMax };
    this.#ownerMax = { messages: limits.retainedMessagesPerOwnerMax, bytes: limits.retainedBytesPerOwnerMax };
  }

  fits(topic: string, growth: RetainedSize): boolean {
    const share = this.#shares.get(ownerOf(topic)) ?? NOTHING;
    return isWithin(this.#ownerMax, share, growth) && isWithin(this.#max, this.#total, growth);
  }

  /** Counts a change, whether it fits or not. */
  add(topic: string, growth: RetainedSize): void {
    const owner = ownerOf(topic);
    const share = sum(this.#shares.get(owner) ?? NOTHING, growth);
    if (share.messages === 0 && share.bytes === 0) this.#shares.delete(owner);
    else this.#shares.set(owner, share);
    this.#total = sum(this.#total, growth);
  }
}

function ownerOf(topic: string): string {
  const end = topic.indexOf('/', topic.indexOf('/') + 1);
  return end < 0 ? topic : topic.slice(0, end);
}

/** Reports whether a change fits. Above a limit that was lowered, messages can still be replaced or removed. */
function isWithin(max: RetainedSize, taken: RetainedSize, growth: RetainedSize): boolean {
  const { messages, bytes } = sum(taken, growth);
  return (growth.messages <= 0 || messages <= max.messages) && (growth.bytes <= 0 || bytes <= max.bytes);
}

function sum(left: RetainedSize, right: RetainedSize): RetainedSize {
  return { messages: left.messages + right.messages, bytes: left.bytes + right.bytes };
}
