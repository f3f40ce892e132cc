import type { PreviewView } from '@muster/twin';
import type { ConfigurationChange } from '../configuration-change.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';
import { unifiedDiff } from './unified-diff.js';
import { visibleText } from './visible-text.js';
import { yamlText } from './yaml-text.js';

const VERBS: Readonly<Record<ConfigurationChange, string>> = {
  created: 'would be created',
  changed: 'would be changed',
  unchanged: 'is stored like this already',
};

/** Counts first, then where they come from, then examples. */
export function previewLines(id: string, change: ConfigurationChange, preview: PreviewView, style: Style): string[] {
  return [
    style.bold(`configuration ${visibleText(id)} ${VERBS[change]}`),
    countLine(preview),
    ...indexingLine(preview),
    ...pathLines(preview, style),
    ...conflictLines(preview, style),
    ...preview.sample.flatMap((one) => sampleLines(one, style)),
    ...moreLine(preview),
  ];
}

function countLine({ matched, entering, leaving, changed, overridden }: PreviewView): string {
  return (
    `  ${devices(matched)} matched: ${entering} would enter, ${leaving} would leave, ` +
    `${changed} would change, ${overridden} overridden`
  );
}

function indexingLine(preview: PreviewView): string[] {
  if (preview.indexable) return [];
  return [`  the condition is not indexable: ${preview.notIndexableBecause}`];
}

function pathLines({ paths }: PreviewView, style: Style): string[] {
  if (paths.length === 0) return [];
  const columns = [
    { title: 'PATH', text: (one: PreviewView['paths'][number]) => one.path },
    { title: 'WINS ON', text: (one: PreviewView['paths'][number]) => devices(one.devices) },
  ];
  return indented(formatTable(columns, paths, style));
}

function conflictLines({ conflicts }: PreviewView, style: Style): string[] {
  if (conflicts.length === 0) return [];
  type Conflict = PreviewView['conflicts'][number];
  const columns = [
    { title: 'CONFLICT AT', text: (one: Conflict) => one.path },
    { title: 'WITH', text: (one: Conflict) => one.with },
    { title: 'WINNER', text: (one: Conflict) => one.winner },
    { title: 'ON', text: (one: Conflict) => devices(one.devices) },
  ];
  return indented(formatTable(columns, conflicts, style));
}

function sampleLines({ id, before, after }: PreviewView['sample'][number], style: Style): string[] {
  const names = { before: `${visibleText(id)} now`, after: `${visibleText(id)} then` };
  return indented(unifiedDiff(names, documentLines(before), documentLines(after), style));
}

function documentLines(document: object): string[] {
  return Object.keys(document).length === 0 ? [] : yamlText(document).split('\n').map(visibleText);
}

function moreLine({ changed, sample }: PreviewView): string[] {
  const rest = changed - sample.length;
  return rest > 0 && sample.length > 0 ? [`  … and ${devices(rest)} more`] : [];
}

function devices(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
