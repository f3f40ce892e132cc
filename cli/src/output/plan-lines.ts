import type { PlanStepView, PlanView } from '@muster/api';
import type { Style } from './style.js';
import { visibleText } from './visible-text.js';

/** A line for each step, indented below the step that it is part of. */
export function planLines({ root }: PlanView, style: Style): string[] {
  return stepLines(root, style);
}

function stepLines(step: PlanStepView, style: Style): string[] {
  const { way, condition, uses, estimate, isExact, reason, steps = [] } = step;
  const remarks = [uses, `at most ${devices(estimate)}`, isExact ? 'exact' : 'to be verified', reason];
  const remark = remarks.filter((one) => one !== undefined).join('; ');
  const line = `${style.bold(way)}: ${visibleText(condition)} (${visibleText(remark)})`;
  return [line, ...steps.flatMap((one) => stepLines(one, style)).map((below) => `  ${below}`)];
}

function devices(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`;
}
