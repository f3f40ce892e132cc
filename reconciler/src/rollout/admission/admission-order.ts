import { murmur3 } from './murmur3.js';

/**
 * The place of a device in the order in which a generation of a configuration admits: an integer of 53 bits. It is the
 * same on every node and at every time. Each configuration and generation has its own order, so that other devices go
 * first.
 *
 * The upper 32 bits are MurmurHash3_x86_32 of the device id, seeded with the hash of `configuration/generation` (seed 0).
 * The lower 21 bits are the upper bits of a second such hash, with seed 1.
 */
export function admissionOrder(configuration: string, generation: number): (device: string) => number {
  const name = `${configuration}/${generation}`;
  const [high, low] = [murmur3(name, 0), murmur3(name, 1)];
  return (device) => murmur3(device, high) * 2 ** 21 + (murmur3(device, low) >>> 11);
}
