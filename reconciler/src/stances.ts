import type { BookEntry } from './configuration-book.js';

/**
 * What of each configuration decides who has it, as it was when its devices were found last. A rollout that opens its next
 * phase is another record, and nobody who is admitted has anything else for it: then nobody has to be found again.
 */
export class Stances {
  readonly #known = new Map<string, string>();

  /** Whether any device may have to change. Asking is remembering. */
  isNews(id: string, entry: BookEntry | undefined): boolean {
    const stance = entry && stanceOf(entry);
    const isSame = stance !== undefined && stance === this.#known.get(id);
    if (stance === undefined) this.#known.delete(id);
    else this.#known.set(id, stance);
    return !isSame;
  }

  /** Changes were missed. */
  forget(): void {
    this.#known.clear();
  }
}

function stanceOf({ record }: BookEntry): string {
  const { created, generation, enabled, progress } = record;
  const state = progress?.state === 'waiting' ? 'running' : progress?.state;
  return [created, generation, enabled, progress?.key, progress?.stable, state, progress?.isWithdrawn].join(' ');
}
