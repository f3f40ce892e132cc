import type { Subject } from '@muster/conditions';
import type { JsonObject } from '@muster/twin';

/** The form of the conditions: the mix, or only a name prefix and one equality. */
export type ConditionKind = 'mix' | 'prefix + equality';

const SITES = 5_000;
const MODELS = 40;
const MINORS = 50;
const LINES = 10;
const CUSTOMERS = 200;
const PRODUCTS = 100;
const PERCENT = 100;
const MISSING_SHARE = 0.05;
const REGIONS = ['eu', 'us', 'ap', 'sa', 'af'];
const RINGS = ['dev', 'canary', 'beta', 'prod'];
const WORDS = ['alpha', 'bravo', 'cargo', 'delta', 'eagle', 'flame', 'grove', 'hotel', 'igloo', 'joker', 'karma'];

/**
 * Random conditions and devices, repeatable by the seed.
 * The mix is 35 % one of 5,000 sites, 30 % a name prefix, 20 % two equalities, 12 % IN, the rest three equalities.
 * Of all these, 15 % have a second one by OR, 30 % a `>`, 20 % a `!=`, 10 % a CONTAINS, and 20 % a region.
 * A device lacks each attribute with a probability of 5 %.
 */
export class ConditionWorkload {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  condition(kind: ConditionKind): string {
    if (kind === 'mix') return this.#mixed();
    return `STARTS_WITH(device.name, '${this.#prefix()}${this.#below(10)}') AND ${this.#equals('region', this.#region())}`;
  }

  device(n: number): Subject {
    const tags = this.#some({
      site: this.site(),
      region: this.#region(),
      ring: this.#pick(RINGS),
      customer: this.#customer(),
      product: this.#product(),
      note: `${this.#pick(WORDS)} ${this.#pick(WORDS)}`,
    });
    const reported = this.#some({ battery: this.percent(), temperature: this.percent(), load: this.percent() });
    return { id: `device-${n}`, name: `${this.#prefix()}${this.#below(1_000)}`, tags, reported };
  }

  site(): string {
    return `site-${this.#below(SITES)}`;
  }

  percent(): number {
    return this.#below(PERCENT);
  }

  #mixed(): string {
    const first = this.#simple();
    const parts = [this.#happens(0.15) ? `(${first} OR ${this.#simple()})` : first];
    if (this.#happens(0.3)) parts.push(`device.reported.battery > ${this.percent()}`);
    if (this.#happens(0.2)) parts.push(`device.tags.ring != '${this.#pick(RINGS)}'`);
    if (this.#happens(0.1)) parts.push(`CONTAINS(device.tags.note, '${this.#pick(WORDS)}')`);
    if (this.#happens(0.2)) parts.push(this.#equals('region', this.#region()));
    return parts.join(' AND ');
  }

  #simple(): string {
    const chance = this.#random();
    if (chance < 0.35) return this.#equals('site', this.site());
    if (chance < 0.65) return `STARTS_WITH(device.name, '${this.#prefix()}')`;
    const customer = this.#equals('customer', this.#customer());
    if (chance < 0.85) return `${customer} AND ${this.#equals('product', this.#product())}`;
    if (chance < 0.97) return `device.tags.site IN ['${this.site()}', '${this.site()}', '${this.site()}']`;
    return `${customer} AND ${this.#equals('region', this.#region())} AND ${this.#equals('ring', this.#pick(RINGS))}`;
  }

  #equals(tag: string, value: string): string {
    return `device.tags.${tag} = '${value}'`;
  }

  #prefix(): string {
    return `model-v${this.#below(MODELS)}.${this.#below(MINORS)}-${this.#below(LINES)}`;
  }

  #customer(): string {
    return `c${this.#below(CUSTOMERS)}`;
  }

  #product(): string {
    return `p${this.#below(PRODUCTS)}`;
  }

  #region(): string {
    return this.#pick(REGIONS);
  }

  #some(values: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(values).filter(() => !this.#happens(MISSING_SHARE)));
  }

  #happens(share: number): boolean {
    return this.#random() < share;
  }

  #pick(items: readonly string[]): string {
    return items[this.#below(items.length)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
