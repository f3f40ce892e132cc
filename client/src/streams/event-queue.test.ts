import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.js';

describe('EventQueue', () => {
  it('returns the items, then the number dropped, then the end', async () => {
    const queue = new EventQueue<string>(2);
    for (const item of ['a', 'b', 'c', 'd']) queue.push(item);
    expect(await queue.next()).toEqual({ item: 'a' });
    expect(await queue.next()).toEqual({ item: 'b' });
    expect(await queue.next()).toEqual({ dropped: 2 });
    queue.push('e');
    queue.end();
    expect(await queue.next()).toEqual({ item: 'e' });
    expect(await queue.next()).toBeUndefined();
  });

  it('wakes a waiting reader', async () => {
    const queue = new EventQueue<string>(2);
    const next = queue.next();
    queue.push('a');
    expect(await next).toEqual({ item: 'a' });
  });
});
