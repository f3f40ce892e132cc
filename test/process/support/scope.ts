import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';

type Cleaning = () => unknown;

/** Ends everything that a test started, the last first. */
export class Scope {
  #cleanings: Cleaning[] = [];

  /** Ends with every test of the file. */
  static ofTest(): Scope {
    const scope = new Scope();
    afterEach(() => scope.end());
    return scope;
  }

  /** Ends after the last test of the file. */
  static ofFile(): Scope {
    const scope = new Scope();
    afterAll(() => scope.end());
    return scope;
  }

  add(cleaning: Cleaning): void {
    this.#cleanings.push(cleaning);
  }

  temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
    this.add(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  async end(): Promise<void> {
    const cleanings = this.#cleanings.reverse();
    this.#cleanings = [];
    for (const cleaning of cleanings) await cleaning();
  }
}
