/** The commands of a text for people, and the output that it promises. */
export interface Step {
  readonly commands: string;
  /** Parts of the output, in the order of the text. */
  readonly expected: readonly string[];
}

const WALK = /<!-- walk -->(.*?)<!-- \/walk -->/gs;
const BLOCK = /^```sh\n(.*?)^```$/gms;
const EXPECTATION = '# →';

/** Returns the shell blocks between the marks, cut after each expectation. */
export function readWalk(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(WALK)].flatMap(([, walk = '']) => [...walk.matchAll(BLOCK)]);
  return blocks.flatMap(([, block = '']) => stepsOf(block.trimEnd().split('\n')));
}

function stepsOf(lines: readonly string[]): Step[] {
  const steps: { commands: string; expected: string[] }[] = [];
  let step: { commands: string; expected: string[] } | undefined;
  for (const line of lines) {
    if (line.startsWith(EXPECTATION)) {
      step?.expected.push(line.slice(EXPECTATION.length).trim());
      continue;
    }
    if (step === undefined || step.expected.length > 0) {
      step = { commands: '', expected: [] };
      steps.push(step);
    }
    step.commands += `${line}\n`;
  }
  return steps;
}
