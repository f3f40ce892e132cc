import type { DeviceIndex } from '@muster/conditions';
import type { AppliedConfiguration } from '@muster/registry';

/** What devices have of a configuration: one life of it, and the generation that brought its properties. */
export type Edition = Pick<AppliedConfiguration, 'id' | 'created' | 'generation'>;

/** Which devices have which configurations as layers, as marks in the index of devices. */
export class Holders {
  readonly #index: DeviceIndex;
  readonly #editions = new Map<string, Map<string, Edition>>();
  #last: Edition | undefined;
  #lastLabel = '';

  constructor(index: DeviceIndex) {
    this.#index = index;
  }

  editions(configuration: string): Edition[] {
    return [...(this.#editions.get(configuration)?.values() ?? [])];
  }

  add(device: string, edition: Edition): void {
    const label = this.#label(edition);
    const editions = this.#editions.get(edition.id) ?? new Map<string, Edition>();
    if (!editions.has(label)) this.#editions.set(edition.id, editions.set(label, edition));
    this.#index.mark(device, label);
  }

  remove(device: string, edition: Edition): void {
    const label = this.#label(edition);
    if (!this.#index.unmark(device, label)) return;
    const editions = this.#editions.get(edition.id);
    editions?.delete(label);
    if (editions?.size === 0) this.#editions.delete(edition.id);
  }

  change(device: string, before: readonly Edition[], after: readonly Edition[]): void {
    if (before === after) return;
    for (const one of before) if (!after.some((other) => isSame(one, other))) this.remove(device, one);
    for (const one of after) if (!before.some((other) => isSame(one, other))) this.add(device, one);
  }

  /** Devices come one after the other with the same. */
  #label(edition: Edition): string {
    if (edition !== this.#last) this.#lastLabel = labelOf(edition);
    this.#last = edition;
    return this.#lastLabel;
  }
}

/** No id has a space. */
export function labelOf({ id, created, generation }: Edition): string {
  return `${id} ${created} ${generation}`;
}

function isSame(left: Edition, right: Edition): boolean {
  return left.id === right.id && left.created === right.created && left.generation === right.generation;
}
