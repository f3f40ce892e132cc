import type { DeviceIndex } from '@muster/conditions';
import type { ConfigurationAssignment } from '@muster/registry';

/** A configuration as devices hold it: its creation number and the generation of its content. */
export type AssignedGeneration = Pick<ConfigurationAssignment, 'id' | 'created' | 'generation'>;

/** Records which devices hold which configurations, as marks in the device index. */
export class Assignments {
  readonly #index: DeviceIndex;
  readonly #generations = new Map<string, Map<string, AssignedGeneration>>();
  #last: AssignedGeneration | undefined;
  #lastKey = '';

  constructor(index: DeviceIndex) {
    this.#index = index;
  }

  generations(configuration: string): AssignedGeneration[] {
    return [...(this.#generations.get(configuration)?.values() ?? [])];
  }

  add(device: string, assigned: AssignedGeneration): void {
    const key = this.#keyOf(assigned);
    const generations = this.#generations.get(assigned.id) ?? new Map<string, AssignedGeneration>();
    if (!generations.has(key)) this.#generations.set(assigned.id, generations.set(key, assigned));
    this.#index.mark(device, key);
  }

  remove(device: string, assigned: AssignedGeneration): void {
    const key = this.#keyOf(assigned);
    if (!this.#index.unmark(device, key)) return;
    const generations = this.#generations.get(assigned.id);
    generations?.delete(key);
    if (generations?.size === 0) this.#generations.delete(assigned.id);
  }

  change(device: string, before: readonly AssignedGeneration[], after: readonly AssignedGeneration[]): void {
    if (before === after) return;
    for (const one of before) if (!after.some((other) => isSame(one, other))) this.remove(device, one);
    for (const one of after) if (!before.some((other) => isSame(one, other))) this.add(device, one);
  }

  /** Consecutive devices mostly hold the same. */
  #keyOf(assigned: AssignedGeneration): string {
    if (assigned !== this.#last) this.#lastKey = assignmentKey(assigned);
    this.#last = assigned;
    return this.#lastKey;
  }
}

/** Ids contain no space. */
export function assignmentKey({ id, created, generation }: AssignedGeneration): string {
  return `${id} ${created} ${generation}`;
}

function isSame(left: AssignedGeneration, right: AssignedGeneration): boolean {
  return left.id === right.id && left.created === right.created && left.generation === right.generation;
}
