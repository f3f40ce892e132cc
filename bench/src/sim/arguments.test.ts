import { expect, test } from 'vitest';
import { parseArguments } from './arguments.js';

test('words on the command line', () => {
  expect(parseArguments(['--seed', '7', '--steps', '30'])).toMatchObject({ seeds: { first: 7, last: 7 }, steps: 30 });
  expect(parseArguments(['--seeds', '1..9', '--soak'])).toMatchObject({ seeds: { first: 1, last: 9 }, isSoak: true });
  expect(parseArguments(['--mutate', 'babble', '--only', '3,5'])).toMatchObject({ mutate: 'babble', only: [3, 5] });
  expect(parseArguments(['--only', ''])).toMatchObject({ only: [] });
});

test.each([
  [['--seed', 'x'], 'no whole number'],
  [['--mutate', 'nonsense'], 'there is no mutation nonsense'],
  [['--speed', '3'], '--speed'],
])('%j is refused', (words, message) => expect(() => parseArguments(words)).toThrow(message));
