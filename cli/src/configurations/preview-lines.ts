import type { PreviewChange, PreviewView } from '@muster/api';
import type { Json } from '@muster/twin';
import { deviceCount } from '../text/device-count.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';
import { unifiedDiff } from '../text/unified-diff.js';
import { visibleText } from '../text/visible-text.js';
import { yamlText } from '../text/yaml-text.js';
import type { ConfigurationChange } from './configuration-change.js';

/** Longer values are cut; `-o json` has them whole. */
const VALUE_LENGTH_MAX = 40;

/** The change of a configuration that is previewed. */
export type PreviewedChange = ConfigurationChange | 'deleted' | 'rolledBack' | 'promoted';

const VERBS: Readonly<Record<PreviewedChange, string>> = {
  created: 'would be created',
  changed: 'would be changed',
  unchanged: 'is already stored like this',
  deleted: 'would be deleted',
  rolledBack: 'would be rolled back',
  promoted: 'would be promoted',
};

/** Returns the effect, the remarks, the winning paths, the conflicts and examples of changed devices. */
export function previewLines(
  id: string,
  change: PreviewedChange,
  preview: PreviewView,
  { style, remarks = [] }: { readonly style: Style; readonly remarks?: readonly string[] },
): string[] {
  return [
    ...effectLines(id, change, preview, style),
    ...remarks,
    ...pathLines(preview, style),
    ...conflictLines(preview, style),
    ...preview.sample.flatMap((one) => sampleLines(one, style)),
    ...moreLine(preview),
  ];
}

/** Returns the number of devices, and each change of a value. */
export function effectLines(id: string, change: PreviewedChange, preview: PreviewView, style: Style): string[] {
  return [
    style.bold(`configuration ${visibleText(id)} ${VERBS[change]}`),
    countLine(preview),
    ...problemLine(preview),
    ...indexingLine(preview),
    ...changeLines(preview, style),
  ];
}

function countLine({ matched, entering, leaving, changed, overridden }: PreviewView): string {
  return (
    `  ${deviceCount(matched)} matched: ${entering} would enter, ${leaving} would leave, ` +
    `${changed} would change, ${overridden} overridden`
  );
}

function indexingLine(preview: PreviewView): string[] {
  if (preview.indexable) return [];
  return [`  the condition is not indexable: ${preview.notIndexableBecause}`];
}

function problemLine({ problems }: PreviewView): string[] {
  return problems > 0 ? [`  ${deviceCount(problems)} would keep their document: the merged layers exceed a limit`] : [];
}

function changeLines({ changes, changesLeftOut }: PreviewView, style: Style): string[] {
  if (changes.length === 0) return [];
  const columns = [
    { title: 'CHANGE AT', text: (one: PreviewChange) => one.path },
    { title: 'FROM', text: (one: PreviewChange) => shortText(one.before) },
    { title: 'TO', text: (one: PreviewChange) => shortText(one.after) },
    { title: 'ON', text: (one: PreviewChange) => deviceCount(one.devices) },
  ];
  const more = changesLeftOut > 0 ? [`… and ${changesLeftOut} more, of one path on one device each`] : [];
  return indented([...formatTable(columns, changes, style), ...more]);
}

/** Returns the value as JSON, which distinguishes a text from a number; empty for none. */
function shortText(value: Json | undefined): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX - 1)}…` : text;
}

function pathLines({ paths }: PreviewView, style: Style): string[] {
  if (paths.length === 0) return [];
  const columns = [
    { title: 'PATH', text: (one: PreviewView['paths'][number]) => one.path },
    { title: 'WINS ON', text: (one: PreviewView['paths'][number]) => deviceCount(one.devices) },
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
    { title: 'ON', text: (one: Conflict) => deviceCount(one.devices) },
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
  return rest > 0 && sample.length > 0 ? [`  … and ${deviceCount(rest)} more`] : [];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
