import { expect, it } from 'vitest';
import { Stack } from './stack.js';

it('stops in reverse, once, in spite of failures, and throws the first of them', async () => {
  const stack = new Stack();
  const stopped: number[] = [];
  for (const number of [1, 2, 3]) {
    stack.push(async () => {
      stopped.push(number);
      if (number > 1) throw new Error(`broken ${number}`);
    });
  }
  await expect(Promise.all([stack.stop(), stack.stop()])).rejects.toThrow('broken 3');
  expect(stopped).toEqual([3, 2, 1]);
});
