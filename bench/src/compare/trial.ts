import { BENCHES } from '../benches/benches.js';
import type { Figure } from '../measure/figure.js';
import { processorSecondsOfTree } from '../measure/process-figures.js';

/** A program: NAME [SIZE]. Runs one bench against the checkout that the environment names, and sends its figures. */
const [, , name = '', size] = process.argv;

const bench = BENCHES[name];
if (!bench) throw new Error(`${name} is no bench`);
const figures = await bench({ size: size === undefined ? undefined : Number(size), isCompared: true });
const tree: Figure = {
  name: 'processor time of all processes, start to end',
  value: processorSecondsOfTree(),
  unit: 's',
};
process.send?.([...figures, tree]);
