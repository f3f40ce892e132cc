import type { RolloutPhaseView, RolloutReasonView, RolloutView } from '@muster/api';
import { durationText } from '@muster/twin';
import { type BarMarks, bar, PLAIN_MARKS, TERMINAL_MARKS } from './bar.js';
import { deviceCount } from './preview-lines.js';
import { spanText } from './span-text.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';
import { visibleText } from './visible-text.js';

const BAR_WIDTH = 20;

/** Where the lines are shown: time is milliseconds since 1970. */
export interface RolloutLook {
  readonly style: Style;
  readonly isTerminal: boolean;
  readonly now: number;
}

/** How a rollout stands, phase by phase, and what became of the devices. */
export function rolloutLines(rollout: RolloutView, look: RolloutLook): string[] {
  const tables = [
    phaseLines(rollout, look),
    generationLines(rollout, look),
    convergedLines(rollout, look),
    failureLines(rollout, look),
  ];
  return [
    ...rolloutHeadLines(rollout, look),
    ...tables.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]),
  ];
}

/** Its state, how it came to it, and what comes next. */
export function rolloutHeadLines(rollout: RolloutView, look: RolloutLook): string[] {
  const { state, reason, changedBy, changedAt, generation, stable, waitsFor } = rollout;
  const others = stable === undefined ? 'nothing' : `generation ${stable}`;
  return [
    `${look.style.bold('rollout')} ${stateText(state, look.style)}: ${visibleText(reason.text)}`,
    `  since ${visibleText(changedAt)}, by ${visibleText(changedBy)}`,
    `  generation ${generation}; who is not admitted has ${others}`,
    ...(isRolloutOver(state) ? [] : [...waitLine(waitsFor), ...nextLine(rollout, look)]),
  ];
}

/** One line, for a rollout that moves while one looks. */
export function rolloutLine({ state, reason, phase, phases, waitsFor }: RolloutView): string {
  const sum = (name: 'admitted' | 'applied' | 'failed' | 'pending') =>
    `${name} ${phases.reduce((total, one) => total + one[name], 0)}`;
  const target = phases[phase - 1]?.target ?? 0;
  const counts = [`${sum('admitted')} of ${target}`, sum('applied'), sum('failed'), sum('pending')];
  const why = isRolloutOver(state) || waitsFor === undefined ? reason.text : waitsFor.text;
  return [state, `phase ${phase} of ${phases.length}`, ...counts, visibleText(why)].join('  ');
}

/** Whether nothing more comes of it by itself. */
export function isRolloutOver(state: RolloutView['state']): boolean {
  return state === 'complete' || hasRolloutFailed(state);
}

export function hasRolloutFailed(state: RolloutView['state']): boolean {
  return state === 'aborted' || state === 'rolledBack';
}

function stateText(state: RolloutView['state'], style: Style): string {
  switch (state) {
    case 'complete':
      return style.green(state);
    case 'aborted':
    case 'rolledBack':
      return style.red(state);
    case 'paused':
      return style.yellow(state);
    case 'waiting':
    case 'running':
      return style.cyan(state);
  }
}

function waitLine(waitsFor: RolloutReasonView | undefined): string[] {
  return waitsFor === undefined ? [] : [`  it waits: ${visibleText(waitsFor.text)}`];
}

function nextLine({ nextAt }: RolloutView, { now }: RolloutLook): string[] {
  if (nextAt === undefined) return [];
  const inMs = Date.parse(nextAt) - now;
  return [`  next step at ${visibleText(nextAt)}${inMs > 0 ? `, in ${spanText(inMs)}` : ''}`];
}

interface PhaseRow extends RolloutPhaseView {
  readonly place: string;
  readonly bar: string;
}

function phaseLines({ state, phase, phases }: RolloutView, look: RolloutLook): string[] {
  const marks = look.isTerminal ? TERMINAL_MARKS : PLAIN_MARKS;
  const isOpen = !isRolloutOver(state);
  const rows = phases.map((one, index): PhaseRow => {
    const size = one.target - (phases[index - 1]?.target ?? 0);
    const mark = isOpen && index + 1 === phase ? '> ' : '  ';
    return { ...one, place: `${mark}${index + 1}`, bar: phaseBar(one, size, marks) };
  });
  const columns = [
    { title: '  PHASE', text: ({ place }: PhaseRow) => place },
    { title: 'PERCENT', text: ({ percent }: PhaseRow) => String(percent) },
    { title: 'WAIT', text: ({ waitMs }: PhaseRow) => (waitMs === 0 ? '' : durationText(waitMs)) },
    { title: 'TARGET', text: ({ target }: PhaseRow) => String(target) },
    { title: 'ADMITTED', text: ({ admitted }: PhaseRow) => String(admitted) },
    { title: 'APPLIED', text: ({ applied }: PhaseRow) => String(applied) },
    { title: 'FAILED', text: ({ failed }: PhaseRow) => String(failed) },
    { title: 'PENDING', text: ({ pending }: PhaseRow) => String(pending) },
    { title: 'OVERRIDDEN', text: ({ overridden }: PhaseRow) => String(overridden) },
    { title: '', text: ({ bar: drawn }: PhaseRow) => drawn },
  ];
  return formatTable(columns, rows, look.style);
}

/** Devices leave and join, so that more may be admitted in a phase than its share is by now. */
function phaseBar({ admitted, applied, failed }: RolloutPhaseView, size: number, marks: BarMarks): string {
  const open = Math.max(0, admitted - applied - failed);
  return bar({ applied, failed, open, total: Math.max(size, admitted) }, BAR_WIDTH, marks);
}

type Generation = RolloutView['generations'][number];

function generationLines({ generations }: RolloutView, { style }: RolloutLook): string[] {
  if (generations.length === 0) return [];
  const columns = [
    { title: 'GENERATION', text: ({ generation }: Generation) => String(generation) },
    { title: 'DEVICES', text: ({ devices }: Generation) => String(devices) },
  ];
  return formatTable(columns, generations, style);
}

type Converged = RolloutView['converged'][number];

function convergedLines({ converged }: RolloutView, { style, isTerminal }: RolloutLook): string[] {
  const most = Math.max(...converged.map(({ devices }) => devices));
  if (converged.length === 0 || most === 0) return [];
  const mark = (isTerminal ? TERMINAL_MARKS : PLAIN_MARKS).applied;
  const columns = [
    {
      title: 'APPLIED WITHIN',
      text: ({ withinMs }: Converged) => (withinMs === undefined ? 'longer' : durationText(withinMs)),
    },
    { title: 'DEVICES', text: ({ devices }: Converged) => String(devices) },
    { title: '', text: ({ devices }: Converged) => mark.repeat(Math.ceil((devices / most) * BAR_WIDTH)) || ' ' },
  ];
  return formatTable(columns, converged, style);
}

type FailureGroup = RolloutView['failures'][number];

function failureLines({ failures, failuresLeftOut }: RolloutView, { style }: RolloutLook): string[] {
  if (failures.length === 0) return [];
  const columns = [
    { title: 'FAILED WITH', text: ({ error }: FailureGroup) => error },
    { title: 'DEVICES', text: ({ devices }: FailureGroup) => String(devices) },
    {
      title: 'SUCH AS',
      text: ({ devices, sample }: FailureGroup) => `${sample.join(', ')}${devices > sample.length ? ', …' : ''}`,
    },
  ];
  const more = failuresLeftOut > 0 ? [`… and ${deviceCount(failuresLeftOut)} with other failures`] : [];
  return [...formatTable(columns, failures, style), ...more];
}
