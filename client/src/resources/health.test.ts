import { afterEach, describe, expect, it } from 'vitest';
import { disconnect, Wire } from '../testing/wire.js';
import { NetworkError } from '../transport/network-error.js';

let wire: Wire;
afterEach(() => wire.close());

describe('health', () => {
  it('is told apart: live, ready', async () => {
    wire = await Wire.open(({ url }, response) => response.writeHead(url === '/readyz' ? 503 : 200).end('ok'));
    expect(await wire.client().health()).toEqual({ isLive: true, isReady: false });
  });

  it('of a server that cannot be reached is not known', async () => {
    wire = await Wire.open(disconnect);
    await expect(wire.client().health()).rejects.toBeInstanceOf(NetworkError);
  });
});
