import type { ConfigurationView, DeviceView } from '@muster/api';
import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { UsageError } from '../failure/usage-error.js';
import { parseCount } from '../options/arguments.js';
import { CONFIGURATION_COLUMNS } from '../output/configuration-columns.js';
import { DEVICE_COLUMNS, selectedColumns } from '../output/device-columns.js';
import { NotIndexedReasons } from '../output/not-indexed-reasons.js';
import { planLines } from '../output/plan-lines.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { FORMATS, type Format, formatList, formatOne, formatOption, structuredText } from '../text/format.js';

const PAGE_ITEMS_MAX = 1_000;

interface ListOptions {
  readonly output: Format;
  readonly limit?: number;
}

interface DeviceListOptions extends ListOptions {
  readonly where?: string;
  readonly select?: string;
  readonly explain?: true;
}

const EXAMPLES = `
Examples:
  muster get devices
  muster get devices --where "device.tags.region IN ['eu', 'us'] AND device.reported.battery < 20"
  muster get devices --where "device.tags.region = 'eu'" --explain
  muster get devices --select id,tags.region,reported.firmware -o json
  muster get device model-v3.1-0001
  muster get configurations -o yaml > configurations.yaml`;

export function defineGet(program: Command, start: Start): void {
  const get = program
    .command('get')
    .summary('read devices and configurations')
    .description('Read devices and configurations')
    .addHelpText('after', EXAMPLES);
  get
    .command('devices')
    .description('List all devices, or those for which a condition is TRUE')
    .option('-w, --where <condition>', 'a condition in the condition language')
    .option('-s, --select <paths>', "only these paths, such as id,tags.region,tags['a b']")
    .option('-l, --limit <number>', 'maximum number of items', parseCount)
    .option('--explain', 'show how the server finds the devices of --where, instead of the devices')
    .addOption(formatOption(FORMATS, 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(getDevices));
  get
    .command('device')
    .argument('<id>')
    .description('Read one device and its twin')
    .addOption(formatOption(FORMATS, 'yaml'))
    .action(start(getDevice));
  get
    .command('configurations')
    .description('List configurations')
    .option('-l, --limit <number>', 'maximum number of items', parseCount)
    .addOption(formatOption(FORMATS, 'table'))
    .action(start(getConfigurations));
  get
    .command('configuration')
    .argument('<id>')
    .description('Read one configuration')
    .addOption(formatOption(FORMATS, 'yaml'))
    .action(start(getConfiguration));
}

async function getDevices(session: Session, options: DeviceListOptions): Promise<number> {
  const { where, select, limit, output } = options;
  if (options.explain) return explainQuery(session, options);
  const paths = output === 'id' ? 'id' : select;
  const query = {
    limit: pageItems(limit),
    signal: session.signal,
    ...(where !== undefined && { where }),
    ...(paths !== undefined && { select: [paths] }),
  };
  const devices: AsyncIterable<DeviceView> = session.client.devices.query(query as Omit<typeof query, 'select'>);
  const columns = paths === undefined ? DEVICE_COLUMNS : selectedColumns(paths);
  await withContext({ ...(where !== undefined && { condition: where }) }, () =>
    printAll(session, formatList(output, limited(devices, limit), columns, session.style)),
  );
  return EXIT.ok;
}

async function explainQuery(session: Session, { where, output }: DeviceListOptions): Promise<number> {
  if (where === undefined) throw new UsageError('--explain needs --where: without a condition every device is read');
  const plan = await withContext({ condition: where }, () =>
    session.client.devices.explainQuery(where, { signal: session.signal }),
  );
  await session.print(structuredText(output, plan) ?? planLines(plan, session.style).join('\n'));
  return EXIT.ok;
}

async function getDevice(session: Session, id: string, { output }: { readonly output: Format }): Promise<number> {
  const device = await session.client.devices.get(id, { signal: session.signal });
  await printAll(session, formatOne(output, device, DEVICE_COLUMNS, session.style));
  return EXIT.ok;
}

async function getConfigurations(session: Session, { limit, output }: ListOptions): Promise<number> {
  const options = { limit: pageItems(limit), signal: session.signal };
  const configurations: AsyncIterable<ConfigurationView> = session.client.configurations.list(options);
  const notIndexed = new NotIndexedReasons();
  const rows = notIndexed.collect(limited(configurations, limit));
  await printAll(session, formatList(output, rows, CONFIGURATION_COLUMNS, session.style));
  if (output === 'table') for (const line of notIndexed.lines()) await session.printMessage(line);
  return EXIT.ok;
}

async function getConfiguration(
  session: Session,
  id: string,
  { output }: { readonly output: Format },
): Promise<number> {
  const configuration = await session.client.configurations.get(id, { signal: session.signal });
  await printAll(session, formatOne(output, configuration, CONFIGURATION_COLUMNS, session.style));
  return EXIT.ok;
}

async function printAll(session: Session, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) await session.print(line);
}

/** The first `limit` items; takes no more from the source than that. */
async function* limited<Item>(
  items: AsyncIterable<Item>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Item, void, undefined> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count += 1;
    if (count >= limit) return;
  }
}

function pageItems(limit = PAGE_ITEMS_MAX): number {
  return Math.min(limit, PAGE_ITEMS_MAX);
}
