/** `npm run bench -- NAME [SIZE] …`: our figure beside what it is compared with, from the same run. */
import { ack } from './benches/ack.js';
import { curves } from './benches/curves.js';
import { fleetPublish } from './benches/fleet-publish.js';
import { importFleet } from './benches/import.js';
import { join } from './benches/join.js';
import { match } from './benches/match.js';
import { preview } from './benches/preview.js';
import { push } from './benches/push.js';
import { restart } from './benches/restart.js';
import { rollout } from './benches/rollout.js';

/** Those that take a size are given the number after their name. */
const BENCHES: Readonly<Record<string, (size?: number) => Promise<void>>> = {
  ack: () => ack(),
  push: () => push(),
  join: () => join(),
  match: () => match(),
  import: importFleet,
  restart,
  'fleet-publish': fleetPublish,
  preview,
  rollout,
  curves,
};

interface Order {
  readonly name: string;
  readonly size?: number;
}

const orders = parse(process.argv.slice(2));
if (orders.length === 0 || orders.some(({ name }) => !Object.hasOwn(BENCHES, name))) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [size]`);
  process.exit(2);
}
for (const { name, size } of orders) {
  console.log(`\n== ${name}`);
  await BENCHES[name]?.(size);
}

function parse(words: readonly string[]): Order[] {
  return words.flatMap((name, position) => {
    if (/^\d+$/.test(name)) return [];
    const size = words[position + 1];
    return [size !== undefined && /^\d+$/.test(size) ? { name, size: Number(size) } : { name }];
  });
}
