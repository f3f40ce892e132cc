import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

describe('the client in a browser', () => {
  it('imports no Node module, and MQTT only on demand', async () => {
    const folder = new URL('.', import.meta.url);
    const files = await readdir(folder, { recursive: true });
    const names = files.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing/.test(name));
    expect(names).toContain('streams/events.ts');
    const imports = await Promise.all(
      names.map(async (name) => {
        const text = await readFile(new URL(name, folder), 'utf8');
        return [...text.matchAll(/^(?:import|export) (?!type )[^;']* from '([^.'][^']*)'/gm)].map(
          ([, module]) => module,
        );
      }),
    );
    expect([...new Set(imports.flat())]).toEqual(['@muster/twin']);
  });
});
