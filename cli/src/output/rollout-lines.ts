import type { RolloutPhaseView, RolloutReasonView, RolloutView } from '@muster/api';
import { durationText } from '@muster/twin';
import { type BarMarks, bar, PLAIN_MARKS, TERMINAL_MARKS } from '../text/bar.js';
import { deviceCount } from '../text/device-count.js';
import { spanText } from '../text/span-text.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';
import { visibleText } from '../text/visible-text.js';

const BAR_WIDTH = 20;

/** How the lines are shown; `now` is in milliseconds since 1970. */
export interface RolloutDisplay {
  readonly style: Style;
  readonly isTerminal: boolean;
  readonly now: number;
}

/** Returns the state of a rollout, its phases, and the results on the devices. */
export function rolloutLines(rollout: RolloutView, display: RolloutDisplay): string[] {
  const tables = [
    phaseLines(rollout, display),
    generationLines(rollout, display),
    convergedLines(rollout, display),
    failureLines(rollout, display),
  ];
  return [
    ...rolloutHeadLines(rollout, display),
    ...tables.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]),
  ];
}

/** Returns the state of a rollout, the reason for it and the next step. */
export function rolloutHeadLines(rollout: RolloutView, display: RolloutDisplay): string[] {
  const { state, reason, changedBy, changedAt, generation, stable, waitsFor } = rollout;
  const others = stable === undefined ? 'nothing' : `generation ${stable}`;
  return [
    `${display.style.bold('rollout')} ${stateText(state, display.style)}: ${visibleText(reason.text)}`,
    `  since ${visibleText(changedAt)}, by ${visibleText(changedBy)}`,
    `  generation ${generation}; other devices have ${others}`,
    ...(isRolloutOver(state) ? [] : [...waitLine(waitsFor), ...nextLine(rollout, display)]),
  ];
}

/** Returns the state of a rollout as one line, for `--watch`. */
export function rolloutLine({ state, reason, phase, phases, waitsFor }: RolloutView): string {
  const sum = (name: 'admitted' | 'applied' | 'failed' | 'pending') =>
    `${name} ${phases.reduce((total, one) => total + one[name], 0)}`;
  const target = phases[phase - 1]?.target ?? 0;
  const counts = [`${sum('admitted')} of ${target}`, sum('applied'), sum('failed'), sum('pending')];
  const why = isRolloutOver(state) || waitsFor === undefined ? reason.text : waitsFor.text;
  return [state, `phase ${phase} of ${phases.length}`, ...counts, visibleText(why)].join('  ');
}

/** Whether the rollout has ended, and does nothing more by itself. */
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

function nextLine({ nextAt }: RolloutView, { now }: RolloutDisplay): string[] {
  if (nextAt === undefined) return [];
  const inMs = Date.parse(nextAt) - now;
  return [`  next step at ${visibleText(nextAt)}${inMs > 0 ? `, in ${spanText(inMs)}` : ''}`];
}

interface PhaseRow extends RolloutPhaseView {
  readonly label: string;
  readonly bar: string;
}

function phaseLines({ state, phase, phases }: RolloutView, display: RolloutDisplay): string[] {
  const marks = display.isTerminal ? TERMINAL_MARKS : PLAIN_MARKS;
  const isOpen = !isRolloutOver(state);
  const rows = phases.map((one, index): PhaseRow => {
    const size = one.target - (phases[index - 1]?.target ?? 0);
    const mark = isOpen && index + 1 === phase ? '> ' : '  ';
    return { ...one, label: `${mark}${index + 1}`, bar: phaseBar(one, size, marks) };
  });
  const columns = [
    { title: '  PHASE', text: ({ label }: PhaseRow) => label },
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
  return formatTable(columns, rows, display.style);
}

/** Devices join and leave, so a phase may have more admitted devices than its share. */
function phaseBar({ admitted, applied, failed }: RolloutPhaseView, size: number, marks: BarMarks): string {
  const open = Math.max(0, admitted - applied - failed);
  return bar({ applied, failed, open, total: Math.max(size, admitted) }, BAR_WIDTH, marks);
}

type Generation = RolloutView['generations'][number];

function generationLines({ generations }: RolloutView, { style }: RolloutDisplay): string[] {
  if (generations.length === 0) return [];
  const columns = [
    { title: 'GENERATION', text: ({ generation }: Generation) => String(generation) },
    { title: 'DEVICES', text: ({ devices }: Generation) => String(devices) },
  ];
  return formatTable(columns, generations, style);
}

type Converged = RolloutView['converged'][number];

function convergedLines({ converged }: RolloutView, { style, isTerminal }: RolloutDisplay): string[] {
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

function failureLines({ failures, failuresLeftOut }: RolloutView, { style }: RolloutDisplay): string[] {
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
