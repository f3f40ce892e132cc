/** `npm run bench -- ack|push|join`: our figure beside those of plain brokers, from the same run. */
import { ack } from './ack.js';
import { join } from './join.js';
import { push } from './push.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { ack, push, join };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')}`);
  process.exit(2);
}
for (const name of names) {
  console.log(`\n== ${name}`);
  await BENCHES[name]?.();
}
