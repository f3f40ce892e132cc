/** `npm run bench -- NAME [SIZE] …`: prints our figure beside the figure that it is compared with, from the same run. */
import { BENCHES } from './benches/benches.js';
import { compare, type Order } from './compare/compare.js';

const ROUNDS = 7;
const USAGE = `usage: npm run bench -- NAME [SIZE] …
       npm run bench -- compare FOLDER NAME [SIZE] … [--rounds ${ROUNDS}]

NAME: ${Object.keys(BENCHES).join(', ')}
SIZE: the number of devices
compare: runs each bench against this checkout and against the built checkout in FOLDER, in turn`;

const words = process.argv.slice(2);
if (words[0] === 'compare') await runCompare(words.slice(1));
else await runAll(parse(words));

async function runAll(orders: readonly Order[]): Promise<void> {
  for (const { name, size } of orders) {
    console.log(`\n== ${name}`);
    await BENCHES[name]?.({ size, isCompared: false });
  }
}

async function runCompare([folder = '', ...rest]: readonly string[]): Promise<void> {
  const at = rest.indexOf('--rounds');
  const rounds = at < 0 ? ROUNDS : Number(rest[at + 1]);
  if (!Number.isInteger(rounds) || rounds < 1) fail();
  await compare(folder, parse(at < 0 ? rest : rest.toSpliced(at, 2)), rounds);
}

function parse(names: readonly string[]): Order[] {
  const orders = names.flatMap((name, position) => {
    if (/^\d+$/.test(name)) return [];
    const size = names[position + 1];
    return [size !== undefined && /^\d+$/.test(size) ? { name, size: Number(size) } : { name }];
  });
  if (orders.length === 0 || orders.some(({ name }) => !Object.hasOwn(BENCHES, name))) fail();
  return orders;
}

function fail(): never {
  console.error(USAGE);
  process.exit(2);
}
