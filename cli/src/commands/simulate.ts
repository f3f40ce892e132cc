import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { Interrupted } from '../failure/interrupted.js';
import { durationOption, parseCount, parseDurationMs, parsePercent, parseSeed } from '../options/arguments.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { planFleet } from '../simulate/fleet-plan.js';
import { probeMqtt } from '../simulate/probe.js';
import { Simulation, type SimulationResult } from '../simulate/simulation.js';
import { summaryLines } from '../simulate/summary-lines.js';
import { type Format, formatOption } from '../text/format.js';

interface SimulateOptions {
  readonly prefix: string;
  readonly duration?: number;
  readonly seed?: number;
  readonly failPercent: number;
  readonly churn: number;
  readonly applyDelay: number;
  readonly reportEvery: number;
  readonly mqtt?: string;
  readonly keep?: true;
  readonly output: Format;
}

const EXAMPLES = `
The devices have the tags region, site and "simulated": true. They report firmware, battery, temperature and the
properties they applied, and are deleted at the end. Configure them from another terminal while they run:

  targetCondition: device.tags.simulated AND device.tags.region = 'eu'

Examples:
  muster simulate 200
  muster simulate 1000 --duration 1m --churn 20 --fail-percent 5 --seed 7
  muster simulate 20 --prefix pump --keep`;

export function defineSimulate(program: Command, start: Start): void {
  program
    .command('simulate')
    .argument('<count>', 'number of devices', parseCount)
    .summary('run a fleet of simulated devices')
    .description('Register simulated devices that join, apply, report, fail, drop out and return')
    .option('--prefix <text>', 'ids are the prefix, a dash and a number', 'model-v3.1')
    .option('--duration <duration>', 'stop after this time; default: run until Ctrl-C', parseDurationMs)
    .option('--seed <number>', 'the same seed gives the same fleet; default: random', parseSeed)
    .option('--fail-percent <percent>', 'percentage of versions that a device fails to apply', parsePercent, 2)
    .option('--churn <percent>', 'percentage of the fleet that drops out per minute, and returns soon', parsePercent, 5)
    .addOption(durationOption('--apply-delay <duration>', 'maximum time to apply a version', 2_000))
    .addOption(durationOption('--report-every <duration>', 'time between two reports of a device', 10_000))
    .option('--mqtt <url>', 'URL of the MQTT listener; default: that of the server')
    .option('--keep', 'keep the devices registered at the end')
    .addOption(formatOption(['table', 'json'], 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(simulate));
}

async function simulate(session: Session, count: number, options: SimulateOptions): Promise<number> {
  const { mqttUrl } = session.connection(options.mqtt);
  const { prefix, seed = Math.floor(session.terminal.random() * 2 ** 32) } = options;
  const plans = planFleet({ count, prefix, seed });
  const simulation = new Simulation(session, {
    plans,
    mqttUrl,
    behaviour: behaviourOf(options),
    seed,
    durationMs: options.duration,
  });
  await simulation.refuseReal(prefix);
  await probeMqtt(mqttUrl);
  await session.printMessage(`registering ${count} devices, ${plans[0]?.id} and so on (--seed ${seed})`);
  const result = await runAndRemove(session, simulation, options);
  await session.print(
    options.output === 'json' ? JSON.stringify(result, null, 2) : summaryLines(result, session.style).join('\n'),
  );
  return exitCodeOfResult(session, result);
}

async function runAndRemove(
  session: Session,
  simulation: Simulation,
  { keep }: SimulateOptions,
): Promise<SimulationResult> {
  try {
    await simulation.register();
    return await simulation.run();
  } finally {
    if (!keep) {
      await session.printMessage('deleting the simulated devices (use --keep to keep them)');
      await simulation.remove();
    }
  }
}

/** Ctrl-C is the regular end of a simulation. It is a failure if no device ever connected. */
function exitCodeOfResult({ signal }: Session, { connections }: SimulationResult): number {
  if (signal.aborted && !(signal.reason instanceof Interrupted)) throw signal.reason;
  return connections > 0 ? EXIT.ok : EXIT.failure;
}

function behaviourOf({ failPercent, churn, applyDelay, reportEvery }: SimulateOptions) {
  return { failPercent, churnPercent: churn, applyDelayMaxMs: applyDelay, reportIntervalMs: reportEvery };
}
