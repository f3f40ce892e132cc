import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

describe('the client in a browser', () => {
  it('imports no Node module, and MQTT only on demand', async () => {
    const folder = new URL('.', import.meta.url);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const imports = await Promise.all(
      names.map(async (name) => {
        const text = await readFile(new URL(name, folder), 'utf8');
        return [...text.matchAll(/^(?:import|export) (?!type ).*from '([^.'][^']*)'/gm)].map(([, module]) => module);
      }),
    );
    expect([...new Set(imports.flat())]).toEqual(['@muster/twin']);
  });
});
