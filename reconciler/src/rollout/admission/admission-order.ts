import { murmur3 } from './murmur3.js';

/**
 * The place of each device in the order in which a generation of a configuration admits: an integer of 53 bits, the
 * same wherever and whenever it is computed, and another order for every configuration and generation, so that it is
 * not always the same devices that go first.
 *
 * It is MurmurHash3_x86_32 of the device id, twice: the 32 higher bits with the hash of `configuration/generation`
 * (seed 0) as seed, the 21 lower bits the upper ones with that of seed 1.
 */
export function admissionOrder(configuration: string, generation: number): (device: string) => number {
  const name = `${configuration}/${generation}`;
  const [high, low] = [murmur3(name, 0), murmur3(name, 1)];
  return (device) => murmur3(device, high) * 2 ** 21 + (murmur3(device, low) >>> 11);
}
