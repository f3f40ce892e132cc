import { openLog } from './log.js';
import { describeSettings, readConfig } from './settings/config.js';
import { type RunningServer, startServer } from './start-server.js';
import { stopOnSignal } from './stop-on-signal.js';

/** The server as a process: settings in, lines and an exit code out. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) return print(describeSettings());
  const reading = readConfig(process.env, argv);
  if (reading.kind === 'problems') {
    for (const problem of reading.problems) process.stderr.write(`muster: ${problem}\n`);
    process.exitCode = 2;
    return;
  }
  const log = openLog(reading.config.logLevel);
  const fail = (error: unknown): void => {
    log('error', 'the server ends because of a fault', { error });
    process.exit(1);
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  const starting = new AbortController();
  try {
    const server = startServer(reading.config, { log, signal: starting.signal });
    stopOnSignal(process, () => stop(server, starting), fail);
    announce((await server).addresses);
  } catch (error) {
    // Who asked for the end waits for it, and is told by the exit code.
    if (starting.signal.aborted) return;
    process.stderr.write(`muster: ${(error as Error).message}\n`);
    log('error', 'the server could not start', { error });
    process.exit(1);
  }
}

/** A large fleet takes a while to be read: a start that is not through is given up. */
async function stop(server: Promise<RunningServer>, starting: AbortController): Promise<void> {
  starting.abort();
  const running = await server.catch((error) => {
    if (error !== starting.signal.reason) throw error;
    return undefined;
  });
  await running?.stop();
}

function announce({ http, mqtt }: RunningServer['addresses']): void {
  if (mqtt) print(`muster: MQTT at ${mqtt}\n`);
  if (http) print(`muster: HTTP at ${http}\n`);
  print('muster: ready\n');
}

function print(text: string): void {
  process.stdout.write(text);
}

await main();
