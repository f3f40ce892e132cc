import { openLog } from './log.js';
import { describeSettings, readConfig } from './settings/config.js';
import { type RunningServer, startServer } from './start-server.js';
import { stopOnSignal } from './stop-on-signal.js';

/** Runs the server as a process: reads the settings, prints lines, and sets the exit code. */
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
    log('error', 'fatal error; exiting', { error });
    process.exit(1);
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  const starting = new AbortController();
  try {
    const server = startServer(reading.config, { log, signal: starting.signal });
    stopOnSignal(process, () => stop(server, starting), fail);
    announce((await server).addresses);
  } catch (error) {
    // The signal that stopped the start also decides the exit code.
    if (starting.signal.aborted) return;
    process.stderr.write(`muster: ${(error as Error).message}\n`);
    log('error', 'the server failed to start', { error });
    process.exit(1);
  }
}

/** Aborts a start that has not finished, because reading a large fleet takes a while. */
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
