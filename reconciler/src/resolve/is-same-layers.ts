import type { ConfigurationLayer } from '@muster/twin';

/** Compares by identity: there is one layer object for each generation of a configuration. */
export function isSameLayers(left: readonly ConfigurationLayer[], right: readonly ConfigurationLayer[]): boolean {
  return left.length === right.length && left.every((layer, index) => layer === right[index]);
}
