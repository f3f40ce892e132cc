import { expect, test } from 'vitest';
import { createFakeTerminal, type FakeTerminal } from '../testing/index.js';
import { Session } from './session.js';

async function* never(): AsyncGenerator<Uint8Array, void, undefined> {
  yield await new Promise<Uint8Array>(() => {});
}

async function* bytewise(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (const byte of Buffer.from(text)) yield Uint8Array.of(byte);
}

function terminalWith(stdin: () => AsyncIterator<Uint8Array>): FakeTerminal {
  return { ...createFakeTerminal(), stdin: { isTerminal: true, [Symbol.asyncIterator]: stdin } };
}

async function answersTo(questions: number, terminal: FakeTerminal): Promise<boolean[]> {
  const session = new Session(terminal, {});
  const answers: boolean[] = [];
  for (let asked = 0; asked < questions; asked += 1) answers.push(await session.confirm('Really?'));
  session.close();
  return answers;
}

test.each<[typed: string, answers: boolean[]]>([
  ['y\nn\nyes\n', [true, false, true]],
  [' YES \r\ny', [true, true, false]],
  ['\nyeah\nno', [false, false, false]],
  ['', [false, false]],
])('%j answers questions with %j', async (typed, answers) => {
  expect(await answersTo(answers.length, createFakeTerminal({ stdin: typed }))).toEqual(answers);
  expect(
    await answersTo(
      answers.length,
      terminalWith(() => bytewise(typed)),
    ),
  ).toEqual(answers);
});

test('an interrupt ends a question', async () => {
  const terminal = terminalWith(never);
  const session = new Session(terminal, {});
  const answer = session.confirm('Really?');
  terminal.interrupt();
  await expect(answer).rejects.toThrow('interrupted');
  await expect(session.confirm('Really?')).rejects.toThrow('interrupted');
});
