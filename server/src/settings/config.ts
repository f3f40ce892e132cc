import type { FlapBound } from '@muster/reconciler';
import { flagOf, IGNORED_VARIABLES, type LogLevel, SETTINGS, type Setting } from './setting.js';

export interface ListenerConfig {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

/** All settings, with defaults filled in. A listener that is off is absent. */
export interface Config {
  readonly dataDirectory: string;
  readonly store: 'lmdb' | 'memory';
  readonly mqtt?: ListenerConfig;
  readonly http?: ListenerConfig;
  readonly adminToken?: string;
  readonly logLevel: LogLevel;
  readonly changeLogAgeMs: number;
  readonly changeLogBytesMax: number;
  readonly sweepIntervalMs: number;
  readonly nonIndexableConfigurationsMax: number;
  /** Whether writes that change devices need a bound. */
  readonly isMaxChangedRequired: boolean;
  /** Absent: flap damping is off. */
  readonly flapBound?: FlapBound;
}

export type ConfigReading =
  | { readonly kind: 'config'; readonly config: Config }
  /** Each names the flag or variable and says which values are allowed. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags win over the environment, and the environment over defaults. `argv` begins after the name of the program. */
export function readConfig(environment: Environment, argv: readonly string[] = []): ConfigReading {
  const problems = unknownVariables(environment);
  const flags = readFlags(argv, problems);
  const read = <Value>(setting: Setting<Value>): Value | undefined => {
    const [name, text] = flags.has(setting.variable)
      ? [flagOf(setting), flags.get(setting.variable)]
      : [setting.variable, environment[setting.variable] ?? setting.fallback];
    if (text === undefined) return undefined;
    const value = setting.parse(text);
    if (value === undefined) problems.push(`${name} cannot be ${shown(setting, text)}; allowed: ${setting.allowed}`);
    return value;
  };
  const config = assemble(read);
  if (!config.mqtt && !config.http) {
    problems.push('MUSTER_MQTT_PORT and MUSTER_HTTP_PORT are both off: no client could reach the server');
  }
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'config', config };
}

/** The text of `--help`, one line per setting. */
export function describeSettings(): string {
  const lines = Object.values<Setting<unknown>>(SETTINGS).map(
    (setting) =>
      `  ${flagOf(setting).padEnd(28)} ${setting.variable.padEnd(33)} ${setting.meaning}; ${setting.allowed}` +
      (setting.fallback === undefined ? '' : ` (default ${setting.fallback})`),
  );
  return ['muster server: flags win over environment variables', ...lines, ''].join('\n');
}

/** If a setting has a problem its value is undefined; the result is not used then. */
function assemble(read: <Value>(setting: Setting<Value>) => Value | undefined): Config {
  for (const name of ['mqttsPort', 'mqttsHost', 'tlsCertificate', 'tlsKey', 'tlsClientCa'] as const) {
    read<unknown>(SETTINGS[name]);
  }
  const mqtt = listener(read(SETTINGS.mqttHost), read(SETTINGS.mqttPort));
  const http = listener(read(SETTINGS.httpHost), read(SETTINGS.httpPort));
  const adminToken = read(SETTINGS.adminToken);
  const flapBound = read(SETTINGS.flapBound);
  return {
    dataDirectory: read(SETTINGS.dataDirectory) ?? '',
    store: read(SETTINGS.store) ?? 'lmdb',
    ...(mqtt ? { mqtt } : {}),
    ...(http ? { http } : {}),
    ...(adminToken === undefined ? {} : { adminToken }),
    logLevel: read(SETTINGS.logLevel) ?? 'info',
    changeLogAgeMs: read(SETTINGS.changeLogAgeMs) ?? 0,
    changeLogBytesMax: read(SETTINGS.changeLogBytesMax) ?? 0,
    sweepIntervalMs: read(SETTINGS.sweepIntervalMs) ?? 0,
    nonIndexableConfigurationsMax: read(SETTINGS.nonIndexableConfigurationsMax) ?? 0,
    isMaxChangedRequired: read(SETTINGS.isMaxChangedRequired) ?? false,
    ...(flapBound === undefined || flapBound === 'off' ? {} : { flapBound }),
  };
}

function listener(host: string | undefined, port: number | 'off' | undefined): ListenerConfig | undefined {
  return host === undefined || port === undefined || port === 'off' ? undefined : { host, port };
}

function unknownVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS).map(({ variable }) => variable);
  return Object.keys(environment)
    .filter((name) => name.startsWith('MUSTER_') && !known.includes(name) && !IGNORED_VARIABLES.has(name))
    .map((name) => `${name} is not known; known are ${known.join(', ')}`);
}

/** Reads `--name value` and `--name=value`; returns values by variable. */
function readFlags(argv: readonly string[], problems: string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const [name = '', ...rest] = (argv[index] ?? '').split('=');
    const found = Object.values(SETTINGS).find((setting) => flagOf(setting) === name);
    if (!found) {
      problems.push(`${name} is not known; known are ${Object.values(SETTINGS).map(flagOf).join(', ')}`);
      continue;
    }
    if (rest.length === 0) index += 1;
    const value = rest.length > 0 ? rest.join('=') : argv[index];
    if (value === undefined) problems.push(`${name} needs a value; allowed: ${found.allowed}`);
    else flags.set(found.variable, value);
  }
  return flags;
}

/** A token is never shown, not even a bad one. */
function shown(setting: Setting<unknown>, text: string): string {
  return setting === SETTINGS.adminToken ? 'that' : JSON.stringify(text);
}
