import { optionsOf } from './options.js';
import { simulate } from './simulate.js';
const [from = 0, to = 0, steps = 100] = process.argv.slice(2).map(Number);
const started = performance.now();
let failed = 0;
for (let seed = from; seed <= to; seed += 1) {
  const r = await simulate({ options: optionsOf(seed, steps) });
  if (r.failure) { failed += 1; console.log(seed, r.failure.checker, '|', r.failure.text.slice(0, 300)); if (from === to) console.log(r.history.join('\n')); }
}
console.log('done', to - from + 1, 'failed', failed, Math.round(performance.now() - started), 'ms');
