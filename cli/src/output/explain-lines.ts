import type { ConfigurationStanding, ExplainView } from '@muster/api';
import type { Json } from '@muster/twin';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';
import { visibleText } from '../text/visible-text.js';

type PathExplanation = ExplainView['paths'][string] & { readonly path: string };
type Layer = PathExplanation['winner'];

const PATH_COLUMNS = [
  { title: 'PATH', text: ({ path }: PathExplanation) => path },
  { title: 'VALUE', text: ({ value }: PathExplanation) => jsonText(value, '(removed)') },
  { title: 'WINNER', text: ({ winner }: PathExplanation) => layerText(winner) },
  { title: 'BEAT', text: ({ beat }: PathExplanation) => beat.map(beatenText).join(', ') },
];

const CONFIGURATION_COLUMNS = [
  { title: 'CONFIGURATION', text: ({ id }: ConfigurationStanding) => id },
  { title: 'GENERATION', text: ({ generation }: ConfigurationStanding) => String(generation) },
  { title: 'APPLIES', text: ({ applies }: ConfigurationStanding) => (applies ? 'yes' : 'no') },
  { title: 'REASON', text: ({ reason, detail }: ConfigurationStanding) => (detail ? `${reason}: ${detail}` : reason) },
];

/** Returns the winner of each path and the layers it beat, then each configuration and its reason. */
export function explainLines({ id, desiredVersion, paths, configurations }: ExplainView, style: Style): string[] {
  const explanations = Object.entries(paths).map(([path, explanation]) => ({ path, ...explanation }));
  return [
    `${style.bold(visibleText(id))}, desired version ${desiredVersion}`,
    '',
    ...(explanations.length > 0 ? formatTable(PATH_COLUMNS, explanations, style) : ['The desired document is empty.']),
    '',
    ...(configurations.length > 0
      ? formatTable(CONFIGURATION_COLUMNS, configurations, style)
      : ['There are no configurations.']),
  ];
}

function layerText(layer: Layer): string {
  if (layer.layer === 'device') return 'device (own layer)';
  const enforced = layer.enforce ? ', enforced' : '';
  return `${layer.id} (priority ${layer.priority}${enforced})`;
}

function beatenText(beaten: PathExplanation['beat'][number]): string {
  const place = beaten.path === undefined ? '' : ` at ${beaten.path === '' ? 'the root' : beaten.path}`;
  return `${layerText(beaten)} = ${jsonText(beaten.value, '')}${place}`;
}

function jsonText(value: Json | undefined, missing: string): string {
  return value === undefined ? missing : JSON.stringify(value);
}
