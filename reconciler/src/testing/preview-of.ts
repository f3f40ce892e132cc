import type { ConfigurationInput, PreviewView } from '@muster/api';
import type { Registry } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import { UNNAMED_ID } from '../preview/previewer.js';
import type { Reconciler } from '../reconciler.js';

/** Previews storing a configuration; without an id it is a new one. */
export async function previewOf(
  { registry, reconciler }: { readonly registry: Registry; readonly reconciler: Reconciler },
  id: string | undefined,
  input: ConfigurationInput,
): Promise<PreviewView> {
  const stored = id === undefined ? undefined : await registry.configurations.read(id);
  const planned = registry.configurations.plan(OPERATOR, id ?? UNNAMED_ID, stored, input);
  return reconciler.preview({ stored, planned, isComplete: true });
}
