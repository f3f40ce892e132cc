import type { ConfigurationView, DeviceView } from '@muster/api';
import type { Command } from 'commander';
import { parseCount } from '../arguments.js';
import type { Start } from '../command.js';
import { EXIT } from '../exit-code.js';
import { about } from '../failure.js';
import { limited } from '../limited.js';
import { CONFIGURATION_COLUMNS } from '../output/configuration-columns.js';
import { DEVICE_COLUMNS, selectedColumns } from '../output/device-columns.js';
import { FORMATS, type Format, formatList, formatOne, formatOption, structuredText } from '../output/format.js';
import { NotIndexed } from '../output/not-indexed.js';
import { planLines } from '../output/plan-lines.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage-error.js';

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
    .description('List devices, all or those that a condition is TRUE for')
    .option('-w, --where <condition>', 'in the condition language')
    .option('-s, --select <paths>', "only these parts, such as id,tags.region,tags['a b']")
    .option('-l, --limit <number>', 'at most so many', parseCount)
    .option('--explain', 'instead of the devices: how the server finds those of --where')
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
    .option('-l, --limit <number>', 'at most so many', parseCount)
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
  const columns = select === undefined ? DEVICE_COLUMNS : selectedColumns(select);
  await about({ ...(where !== undefined && { condition: where }) }, () =>
    printAll(session, formatList(output, limited(devices, limit), columns, session.style)),
  );
  return EXIT.ok;
}

async function explainQuery(session: Session, { where, output }: DeviceListOptions): Promise<number> {
  if (where === undefined) throw new UsageError('--explain needs --where: without a condition every device is read');
  const plan = await about({ condition: where }, () =>
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
  const notIndexed = new NotIndexed();
  const rows = notIndexed.passing(limited(configurations, limit));
  await printAll(session, formatList(output, rows, CONFIGURATION_COLUMNS, session.style));
  if (output === 'table') for (const line of notIndexed.lines()) await session.say(line);
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

function pageItems(limit = PAGE_ITEMS_MAX): number {
  return Math.min(limit, PAGE_ITEMS_MAX);
}
