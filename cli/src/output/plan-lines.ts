import type { PlanStepView, PlanView } from '@muster/api';
import { deviceCount } from '../text/device-count.js';
import type { Style } from '../text/style.js';
import { visibleText } from '../text/visible-text.js';

/** Returns a line for each step, indented below its parent. */
export function planLines({ root }: PlanView, style: Style): string[] {
  return stepLines(root, style);
}

function stepLines(step: PlanStepView, style: Style): string[] {
  const { way, condition, uses, estimate, isExact, reason, steps = [] } = step;
  const remarks = [uses, `at most ${deviceCount(estimate)}`, isExact ? 'exact' : 'to be verified', reason];
  const remark = remarks.filter((one) => one !== undefined).join('; ');
  const line = `${style.bold(way)}: ${visibleText(condition)} (${visibleText(remark)})`;
  return [line, ...steps.flatMap((one) => stepLines(one, style)).map((below) => `  ${below}`)];
}
