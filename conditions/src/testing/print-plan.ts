import type { Plan, PlanStep } from '../devices/planning/plan.js';

/** Prints one line a step, indented below its parent. */
export function printPlan(plan: Plan): string {
  return printStep(plan.root, '').join('\n');
}

function printStep(
  { way, condition, uses, estimate, isExact, reason, steps = [] }: PlanStep,
  indent: string,
): string[] {
  const remarks = [uses, isExact ? 'exact' : 'to be verified', reason].filter((remark) => remark !== undefined);
  const line = `${indent}${way}: ${condition} (at most ${estimate}; ${remarks.join('; ')})`;
  return [line, ...steps.flatMap((step) => printStep(step, `${indent}  `))];
}
