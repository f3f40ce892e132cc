import type { ConfigurationView } from '@muster/api';
import type { Column } from '../text/table.js';

export const CONFIGURATION_COLUMNS: readonly Column<ConfigurationView>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'PRIORITY', text: ({ priority }) => String(priority) },
  { title: 'STATE', text: stateText },
  { title: 'GENERATION', text: ({ generation }) => String(generation) },
  { title: 'INDEXED', text: ({ indexable }) => (indexable ? 'yes' : 'no') },
  { title: 'UPDATED', text: ({ updatedAt }) => updatedAt },
  { title: 'CONDITION', text: ({ targetCondition }) => targetCondition },
];

function stateText({ enabled, enforce }: ConfigurationView): string {
  if (!enabled) return 'disabled';
  return enforce ? 'enforced' : 'enabled';
}
