import type { Figure } from './figure.js';
import { processorSeconds } from './process-figures.js';

/** Measures the processor time (user and system) that this process and one server use from its construction on. */
export class ProcessorWatch {
  readonly #serverPid: number;
  readonly #serverBefore: number;
  readonly #ownBefore: number;

  constructor(serverPid: number) {
    this.#serverPid = serverPid;
    this.#serverBefore = processorSeconds(serverPid);
    this.#ownBefore = processorSeconds(process.pid);
  }

  serverSeconds(): number {
    return processorSeconds(this.#serverPid) - this.#serverBefore;
  }

  /** Returns the time per operation: of the server, and of the server and the load generator together. */
  figures(name: string, operations: number): Figure[] {
    const server = this.serverSeconds();
    const all = server + processorSeconds(process.pid) - this.#ownBefore;
    const figure = (processes: string, seconds: number): Figure => ({
      name: `${name}, processor time of ${processes}`,
      value: (seconds * 1e6) / operations,
      unit: 'µs',
    });
    return [figure('server and load', all), figure('server', server)];
  }
}
