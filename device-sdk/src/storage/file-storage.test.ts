import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStorage } from './file-storage.js';
import { type DeviceState, type DeviceStorage, MemoryStorage } from './storage.js';

const state: DeviceState = {
  device: 'd',
  held: { version: 2, document: { a: 'ü' } },
  handled: { version: 1, document: {} },
  handling: { version: 2, document: { a: 'ü' } },
  outcome: { acknowledgement: { version: 1, status: 'failed', error: 'no' }, isDelivered: true },
  reports: [{ a: null }],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-device-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each<{ name: string; create: () => DeviceStorage }>([
  { name: 'MemoryStorage', create: () => new MemoryStorage() },
  { name: 'FileStorage', create: () => new FileStorage(join(folder, 'state.json')) },
])('$name', ({ create }) => {
  it('holds nothing at first', async () => {
    expect(await create().load()).toBeUndefined();
  });

  it('loads the state saved last', async () => {
    const storage = create();
    await storage.save({ ...state, device: 'other' });
    await storage.save(state);
    expect(await storage.load()).toEqual(state);
  });
});

describe('FileStorage', () => {
  it('survives the object and leaves one file', async () => {
    await new FileStorage(join(folder, 'state.json')).save(state);
    expect(await new FileStorage(join(folder, 'state.json')).load()).toEqual(state);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it('ignores the file of an interrupted save', async () => {
    const storage = new FileStorage(join(folder, 'state.json'));
    await storage.save(state);
    await writeFile(join(folder, 'state.json.new'), '{"device":"d","he');
    expect(await storage.load()).toEqual(state);
    await storage.save(state);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it.each(['', '{', '[]', '{"device":"d"}', '{"device":"d","held":{},"handled":{},"reports":[]}'])(
    'moves %j aside and starts without a state',
    async (text) => {
      await writeFile(join(folder, 'state.json'), text);
      expect(await new FileStorage(join(folder, 'state.json')).load()).toBeUndefined();
      expect(await readFile(join(folder, 'state.json.corrupt'), 'utf8')).toBe(text);
      expect(await readdir(folder)).toEqual(['state.json.corrupt']);
    },
  );

  it('fails if the folder is missing', async () => {
    await expect(new FileStorage(join(folder, 'no', 'state.json')).save(state)).rejects.toThrow('ENOENT');
  });
});
