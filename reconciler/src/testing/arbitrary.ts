import type { JsonObject } from '@muster/twin';
import fc from 'fast-check';

export const deviceIds = ['a-1', 'a-2', 'b-1', 'b-2', 'c'] as const;
export const configurationIds = ['k1', 'k2', 'k3', 'k4'] as const;

const leaf = fc.constantFrom<JsonObject[string]>(1, 2, 'x', true, null, [1], {});
const member = fc.oneof(leaf, fc.dictionary(fc.constantFrom('p', 'q'), leaf, { maxKeys: 2, noNullPrototype: true }));

/** Few names, so that layers meet. */
export const layers = fc.dictionary(fc.constantFrom('s', 'n', 'm'), member, {
  maxKeys: 3,
  noNullPrototype: true,
}) as fc.Arbitrary<JsonObject>;

export const tags = fc.record(
  { region: fc.constantFrom('eu', 'us', 7) },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

export const reported = fc.record(
  { battery: fc.constantFrom(5, 50, 'low', null) },
  { noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

/** What an operator puts. */
export const configurations = fc.record(
  {
    targetCondition: fc.constantFrom(
      '*',
      "STARTS_WITH(device.name, 'a-')",
      "device.tags.region = 'eu'",
      "NOT device.tags.region = 'eu'",
      'device.reported.battery < 20',
      "device.tags.region != 'us' OR device.reported.battery >= 20",
      "device.id IN ['a-1', 'b-2', 'c']",
    ),
    desiredProperties: layers,
    priority: fc.integer({ min: 0, max: 2 }),
    enabled: fc.boolean(),
    enforce: fc.boolean(),
  },
  { noNullPrototype: true },
) as unknown as fc.Arbitrary<JsonObject & { targetCondition: string; desiredProperties: JsonObject }>;
