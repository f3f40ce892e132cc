import type { SimulationResult } from './simulate.js';

/** Totals over a number of seeds. */
export class Figures {
  readonly #faults = new Map<string, number>();
  #seeds = 0;
  #steps = 0;
  #commits = 0;
  #deliveries = 0;
  #simulatedMs = 0;

  add({ performed, faults, commits, deliveries, simulatedMs }: SimulationResult): void {
    this.#seeds += 1;
    this.#steps += performed.length;
    this.#commits += commits;
    this.#deliveries += deliveries;
    this.#simulatedMs += simulatedMs;
    for (const [fault, count] of faults) this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + count);
  }

  lines(): string[] {
    const hours = Math.round(this.#simulatedMs / 3_600_000);
    const kinds = [...this.#faults].sort(([left], [right]) => (left < right ? -1 : 1));
    return [
      `${this.#seeds} seeds, ${this.#steps} steps, ${hours} simulated hours, ${this.#commits} writes on disk, ${this.#deliveries} documents brought to devices`,
      ...kinds.map(([fault, count]) => `  ${fault}: ${count}`),
    ];
  }
}
