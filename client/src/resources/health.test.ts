import { afterEach, describe, expect, it } from 'vitest';
import { disconnect, Wire } from '../testing/wire.js';
import { NetworkError } from '../transport/network-error.js';

let wire: Wire;
afterEach(() => wire.close());

describe('health', () => {
  it('distinguishes live and ready', async () => {
    wire = await Wire.open(({ url }, response) => response.writeHead(url === '/readyz' ? 503 : 200).end('ok'));
    expect(await wire.client().health()).toEqual({ isLive: true, isReady: false });
  });

  it('is unknown if the server cannot be reached', async () => {
    wire = await Wire.open(disconnect);
    await expect(wire.client().health()).rejects.toBeInstanceOf(NetworkError);
  });
});
